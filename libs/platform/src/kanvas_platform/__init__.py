"""What every service stands on: no module here knows an account, a post or a picture.

kafka         one ordered log per service: its writer, its readers, the state that it folds into
cassandra     the bridge to the driver, rules for statements, migrations
rpc           the gRPC server and client: deadlines, identity, traces, errors
assembly      what the processes of all services have in common; lifecycle, settings,
              observability and ops are its parts
operators     the commands for operators that every service has
errors        the errors that cross a process boundary; validation names each violation
eraser        erasing, at a leader, what belongs to accounts that are erased
privacy       how sensitive each field of a record is
text          what a text for people is; ids, cursor and timestamps are the other small types
clock         time as a port; backoff and waiting go by it
testing       doubles of the ports, held to the suites of the real adapters

Each folder has a map of its own.
"""
