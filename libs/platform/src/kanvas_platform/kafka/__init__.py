"""One ordered log per service, one writer, and readers that know how fresh they are.

Read `docs/writer.md` for the protocol. From the outside in; each folder uses only those below it:

    writing     decide commands against the folded log and commit them, while this instance leads
    reading     read a log record by record (`tail`), or fold it into a state (`replica`)
    halting     set aside what cannot be used; stop where that is too much; go past it
    contract    what a service plugs in: a state, a decision
    store       tables with discardable layers that states are made of, in memory or on disk
    records     what a log is, how its records are encoded and numbered
    broker      the port to Kafka and its adapter; `kanvas_platform.testing` has the double
"""
