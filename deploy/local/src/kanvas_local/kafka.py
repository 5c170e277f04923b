"""Kafka: one process that is broker and controller, without authentication, on loopback."""

from __future__ import annotations

import base64
import shlex
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kanvas_local.class_archives import class_archive, launch
from kanvas_local.java import JVM_OPTIONS, UTF_8, write_arguments
from kanvas_local.layout import Layout
from kanvas_local.ports import Ports, address
from kanvas_local.units import Unit
from kanvas_local.versions import digest_of_text

_MAIN = "kafka.Kafka"
_FORMAT = "kafka.tools.StorageTool"

_SETTINGS = """\
# Written by kanvas_local at each start.
process.roles=broker,controller
node.id=1
controller.quorum.bootstrap.servers={controller}
listeners=PLAINTEXT://{clients},CONTROLLER://{controller}
advertised.listeners=PLAINTEXT://{clients},CONTROLLER://{controller}
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={data}
auto.create.topics.enable=false
num.partitions=1

# One broker: its own topics have one copy.
default.replication.factor=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=4

# A writer's lease is a group's assignment: let it change hands quickly.
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000

# After kill -9 the controller waits for the dead broker's session before it
# lets the new process in; the default of 9 s is made for networks.
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=500

log.cleaner.enable=true
log.cleaner.threads=1
log.cleaner.dedupe.buffer.size=16777216
num.network.threads=2
num.io.threads=4
num.recovery.threads.per.data.dir=1
background.threads=2
"""

_LOG4J = """\
<?xml version="1.0" encoding="UTF-8"?>
<Configuration status="WARN">
  <Appenders>
    <Console name="stdout"><PatternLayout pattern="%d %p %m (%c{1})%n"/></Console>
  </Appenders>
  <Loggers>
    <Root level="WARN"><AppenderRef ref="stdout"/></Root>
    <Logger name="kafka.server.KafkaRaftServer" level="INFO"/>
    <Logger name="org.apache.kafka.common.utils.AppInfoParser" level="ERROR"/>
  </Loggers>
</Configuration>
"""


@dataclass(frozen=True)
class KafkaUnit:
    """How to run Kafka in one stack."""

    layout: Layout
    ports: Ports
    java: Path
    jars: Sequence[Path]

    def units(self) -> list[Unit]:
        """Write the configuration; return the server, which formats its folder before it starts."""
        settings = self.layout.etc / "kafka.properties"
        data = self.layout.data / "kafka"
        text = _SETTINGS.format(
            clients=address(self.ports.kafka),
            controller=address(self.ports.kafka_controller),
            data=escaped(data),
        )
        settings.write_text(text)
        logging = self.layout.etc / "kafka-log4j2.xml"
        logging.write_text(_LOG4J)
        arguments = self.layout.etc / "kafka.java"
        options = ["-Xms96m", "-Xmx320m", *JVM_OPTIONS]
        options += ["-Djava.awt.headless=true", f"-Djava.io.tmpdir={self.layout.run}"]
        options += [f"-Dlog4j2.configurationFile={logging.as_uri()}"]
        write_arguments(arguments, options, self.jars)
        formatting = [str(self.java), f"@{arguments}", _FORMAT, "format", "--standalone"]
        formatting += ["-t", cluster_id(self.layout), "-c", str(settings)]
        formatted = shlex.quote(str(data / "meta.properties"))
        format_once = f"test -f {formatted} || {shlex.join(formatting)}"
        archive = class_archive("kafka", self.java, self.jars)
        serve = launch(self.java, archive, f"@{arguments}", _MAIN, str(settings))
        return [
            Unit(
                name="kafka",
                argv=("/bin/sh", "-ec", f"{format_once}\n{serve}"),
                env=UTF_8,
                probe=f"kafka:{address(self.ports.kafka)}",
                ports=(self.ports.kafka, self.ports.kafka_controller),
                stop_seconds=20,
                stop_rank=2,
                version=digest_of_text(text, _LOG4J, arguments.read_text()),
            )
        ]


def cluster_id(layout: Layout) -> str:
    """Return an id in Kafka's own form, always the same for one folder."""
    number = uuid.uuid5(uuid.NAMESPACE_URL, layout.data.as_uri())
    return "k" + base64.urlsafe_b64encode(number.bytes).decode()[1:22]


def escaped(path: Path) -> str:
    """Return a path as a properties file holds it, which Java reads as Latin-1."""
    units = str(path).encode("utf-16-be")
    pairs = zip(units[::2], units[1::2], strict=True)
    codes = (high * 256 + low for high, low in pairs)
    return "".join(chr(code) if 0x20 <= code < 0x7F else f"\\u{code:04x}" for code in codes)
