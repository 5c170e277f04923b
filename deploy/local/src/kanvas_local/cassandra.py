"""Cassandra: one small node, without authentication, on loopback."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kanvas_local.class_archives import class_archive, launch
from kanvas_local.java import JVM_OPTIONS, UTF_8, write_arguments
from kanvas_local.layout import Layout
from kanvas_local.ports import HOST, Ports, address
from kanvas_local.units import Unit
from kanvas_local.versions import digest_of_text

_MAIN = "org.apache.cassandra.service.CassandraDaemon"

_WITH_AGENT = ("-XX:+UnlockDiagnosticVMOptions", "-XX:+AllowArchivingWithJavaAgent")
"""Java archives no classes that an agent may have changed, unless it is told to. The agent of
Cassandra, which measures objects, changes none."""

_SETTINGS = """\
# Written by kanvas_local at each start.
cluster_name: kanvas
num_tokens: 1
partitioner: org.apache.cassandra.dht.Murmur3Partitioner
listen_address: {host}
rpc_address: {host}
storage_port: {storage}
native_transport_port: {native}
start_native_transport: true
endpoint_snitch: SimpleSnitch
seed_provider:
  - class_name: org.apache.cassandra.locator.SimpleSeedProvider
    parameters:
      - seeds: "{host}:{storage}"
authenticator: AllowAllAuthenticator
authorizer: AllowAllAuthorizer
storage_compatibility_mode: NONE
sstable:
  selected_format: bti
memtable:
  configurations:
    trie:
      class_name: TrieMemtable
    default:
      inherits: trie
memtable_heap_space: 96MiB
memtable_offheap_space: 96MiB
# A single node answers for what it acknowledged: the default would lose the
# last tenth of a second of writes to kill -9, and has other replicas in mind.
commitlog_sync: batch
commitlog_segment_size: 8MiB
commitlog_total_space: 256MiB
concurrent_compactors: 1
concurrent_reads: 16
concurrent_writes: 16
native_transport_max_threads: 32
key_cache_size: 8MiB
file_cache_enabled: false
auto_snapshot: false
disk_failure_policy: die
commit_failure_policy: die
"""

_LOGBACK = """\
<configuration>
  <appender name="STDOUT" class="ch.qos.logback.core.ConsoleAppender">
    <encoder><pattern>%d{ISO8601} %level %logger{0} %msg%n</pattern></encoder>
  </appender>
  <root level="WARN"><appender-ref ref="STDOUT"/></root>
  <logger name="org.apache.cassandra.service.CassandraDaemon" level="INFO"/>
</configuration>
"""

_EXPORTS = (
    "java.base/jdk.internal.misc",
    "java.base/jdk.internal.ref",
    "java.base/sun.nio.ch",
    "java.management.rmi/com.sun.jmx.remote.internal.rmi",
    "java.rmi/sun.rmi.registry",
    "java.rmi/sun.rmi.server",
    "java.sql/java.sql",
    "java.base/java.lang.ref",
    "jdk.unsupported/sun.misc",
)
_OPENS = (
    "java.base/java.lang.module",
    "java.base/jdk.internal.loader",
    "java.base/jdk.internal.ref",
    "java.base/jdk.internal.reflect",
    "java.base/jdk.internal.math",
    "java.base/jdk.internal.module",
    "java.base/jdk.internal.util.jar",
    "java.base/sun.nio.ch",
    "java.base/java.io",
    "java.base/java.nio",
    "java.base/java.lang",
    "java.base/java.util",
    "java.base/java.util.concurrent",
    "java.base/java.util.concurrent.atomic",
    "jdk.management/com.sun.management.internal",
)


@dataclass(frozen=True)
class CassandraUnit:
    """How to run Cassandra in one stack."""

    layout: Layout
    ports: Ports
    java: Path
    jars: Sequence[Path]

    def units(self) -> list[Unit]:
        """Write the configuration and return the server."""
        settings = self.layout.etc / "cassandra.yaml"
        text = _SETTINGS.format(
            host=HOST, storage=self.ports.cassandra_storage, native=self.ports.cassandra
        )
        settings.write_text(text)
        logging = self.layout.etc / "cassandra-logback.xml"
        logging.write_text(_LOGBACK)
        arguments = self.layout.etc / "cassandra.java"
        write_arguments(arguments, self._options(settings, logging), self.jars)
        archive = class_archive("cassandra", self.java, self.jars)
        return [
            Unit(
                name="cassandra",
                argv=(
                    "/bin/sh",
                    "-ec",
                    launch(self.java, archive, *_WITH_AGENT, f"@{arguments}", _MAIN),
                ),
                env=UTF_8,
                probe=f"cassandra:{address(self.ports.cassandra)}",
                ports=(
                    self.ports.cassandra,
                    self.ports.cassandra_storage,
                    self.ports.cassandra_jmx,
                ),
                stop_seconds=20,
                stop_rank=2,
                rebuildable=str(self.layout.data / "cassandra"),
                version=digest_of_text(text, _LOGBACK, arguments.read_text()),
            )
        ]

    def _options(self, settings: Path, logging: Path) -> list[str]:
        jamm = next(jar for jar in self.jars if "_jamm_" in jar.name)
        properties = {
            "cassandra.config": settings.as_uri(),
            "logback.configurationFile": logging.as_uri(),
            "cassandra-foreground": "yes",
            "cassandra.skip_wait_for_gossip_to_settle": "0",
            "cassandra.ring_delay_ms": "1",
            "cassandra.jmx.local.port": str(self.ports.cassandra_jmx),
            "cassandra.storagedir": str(self.layout.data / "cassandra"),
            "cassandra.logdir": str(self.layout.log),
            # A full disk leaves commit logs that end in the middle. All that is here are
            # views: a node that starts without the end of one beats one that never starts.
            "cassandra.commitlog.ignorereplayerrors": "true",
            "jdk.attach.allowAttachSelf": "true",
            "java.net.preferIPv4Stack": "true",
            "java.awt.headless": "true",
            # Native libraries are unpacked there; by default in the user's cache and /tmp.
            "java.io.tmpdir": str(self.layout.run),
            "jna.tmpdir": str(self.layout.run),
            "io.netty.tryReflectionSetAccessible": "true",
        }
        return [
            "-Xms256m",
            "-Xmx512m",
            *JVM_OPTIONS,
            "-XX:+ExitOnOutOfMemoryError",
            f"-javaagent:{jamm}",
            *(f"-D{name}={value}" for name, value in properties.items()),
            *(f"--add-exports={name}=ALL-UNNAMED" for name in _EXPORTS),
            *(f"--add-opens={name}=ALL-UNNAMED" for name in _OPENS),
        ]
