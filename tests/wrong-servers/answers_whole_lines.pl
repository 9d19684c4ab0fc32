# What comes is read by lines: without a newline nothing is sent back, until the client half-closes.
#
# check 1
#     It means   your server replies only once it has read a whole line.
#     Look at    the call that reads: read returns what has arrived, read_line
#                waits for a newline.

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
    while (defined(my $line = <$client>)) {
        print $client $line;
    }
}
