"""`python own_instance.py serve|migrate|audit`: the timeline, with Kafka names of its own.

What is run is the product; only the names of topics, groups and transactional ids have the
prefix in TEST_PREFIX.
"""

import os
import sys

from prefixed_broker import PrefixedBroker  # type: ignore[import-not-found]  # beside this script

from kanvas_platform.kafka.broker.aiokafka_broker import KafkaBroker
from kanvas_timeline import __main__, bootstrap

if __name__ == "__main__":
    prefix = os.environ["TEST_PREFIX"]
    setattr(bootstrap, "KafkaBroker", lambda at: PrefixedBroker(KafkaBroker(at), prefix))  # noqa: B010 - not mypy's
    sys.exit(__main__.main())
