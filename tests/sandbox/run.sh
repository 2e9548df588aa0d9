#!/bin/sh
# The sandboxes are tested too: a test is as good as the peer it runs against.
exec /usr/bin/python3 "$(dirname "$0")/whmcs/test_sandbox.py" --tap
