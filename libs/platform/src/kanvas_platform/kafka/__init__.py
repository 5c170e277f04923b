"""One ordered log per service, one writer, and readers that know how fresh they are.

Read `docs/writer.md` for the protocol. From the outside in:

    writer      decides commands against the folded log and commits them, while in office
    replica     folds a log and its side logs into a state, always, on every instance
    tail        calls back for each record of one log, for readers without a state
    broker      the port to Kafka; `aiokafka_broker` is the adapter, `testing` has the double
    logs        what a log is, and what a decision puts into it
    machine     what a service plugs in: a state, a decision
    table       the dictionary with discardable layers that states are made of
    position    how records are numbered
"""
