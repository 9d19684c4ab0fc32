# What comes is sent back with words of the server's own before it.
#
# check 1
#   ✗ alice says "hi" and also hears "You said: "
#     It means   your server sent something that was not expected at this point.
#     Look at    where your server writes this: what triggered it, and which
#                client should get it?

use strict;
use warnings;
use IO::Socket::INET;
use Socket qw(IPPROTO_TCP TCP_NODELAY);

$SIG{PIPE} = 'IGNORE';
$| = 1;
my $server = IO::Socket::INET->new(LocalAddr => $ARGV[0], Listen => 128, ReuseAddr => 1)
    or die "Could not create server: $ARGV[0]: $!\n";
printf "Listening on %s:%d ...\n", $server->sockhost, $server->sockport;
while (1) {
    my $client = $server->accept or next;
    $client->setsockopt(IPPROTO_TCP, TCP_NODELAY, 1);
    $client->autoflush(1);
    while (sysread $client, my $text, 4096) {
        print $client "You said: $text";
    }
}
