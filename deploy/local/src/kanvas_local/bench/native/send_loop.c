/* send-loop PORT COUNT: writes the same bytes to COUNT sockets on loopback: as fast as the kernel.
 *
 * The reference of the live stream. It answers whatever asks for an upgrade to a WebSocket, keeps
 * the sockets in the order in which they came, with the options that the gateway sets, and prints
 * `ready` once there are COUNT. Then it takes commands from standard input:
 *
 *   send K SIZE   K times: one frame of SIZE bytes to every socket, one `send` each. Prints
 *                 `sent FIRST LAST CPU`: begin and end in nanoseconds of CLOCK_MONOTONIC, and the
 *                 CPU time of the process between them in nanoseconds.
 *
 * Whatever goes wrong ends it with a line `failed …`. */
#include <poll.h>

#include "loopback.h"

enum { SEND_BUFFER = 64 * 1024, BACKLOG = 1024, MOST_BYTES = 65536 };

static int *sockets;
static size_t count, taken;

static const char ANSWER[] =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";

static int listen_on(const char *port) {
    struct sockaddr_in address = loopback(port);
    int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1, size = SEND_BUFFER;
    if (fd < 0) fail("socket");
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) || listen(fd, BACKLOG)) fail("bind");
    return fd;
}

static void take_socket(int listening) {
    int fd = accept(listening, NULL, NULL);
    if (fd < 0) fail("accept");
    answer_at_once(fd);
    for (int progress = 0; progress < 4;) {
        char bytes[1024];
        ssize_t length = read(fd, bytes, sizeof bytes);
        if (length <= 0) fail("read");
        for (ssize_t i = 0; i < length && progress < 4; i++)
            progress = past_head(progress, bytes[i]);
    }
    if (write(fd, ANSWER, sizeof ANSWER - 1) < 0) fail("write");
    if (fcntl(fd, F_SETFL, O_NONBLOCK)) fail("fcntl");
    sockets[taken++] = fd;
}

static void send_all(int fd, const char *bytes, size_t length) {
    while (length) {
        ssize_t sent = send(fd, bytes, length, MSG_NOSIGNAL);
        if (sent < 0) {
            if (errno != EAGAIN) fail("send");
            struct pollfd room = {.fd = fd, .events = POLLOUT};
            poll(&room, 1, -1);
            continue;
        }
        bytes += sent;
        length -= (size_t)sent;
    }
}

/* Makes an event of exactly `size` bytes, its head included. */
static void make_event(char *event, size_t size) {
    static const char begin[] = "{\"type\":\"event\",\"data\":\"", end[] = "\"}";
    memset(event, 'x', size);
    event[0] = (char)0x81;
    event[1] = 126;
    event[2] = (char)((size - 4) >> 8);
    event[3] = (char)(size - 4);
    memcpy(event + 4, begin, sizeof begin - 1);
    memcpy(event + size - (sizeof end - 1), end, sizeof end - 1);
}

static void obey(const char *command) {
    static char event[MOST_BYTES];
    unsigned times, size;
    if (sscanf(command, "send %u %u", &times, &size) != 2 || size < 130 || size > MOST_BYTES) {
        errno = EINVAL;
        fail("command");
    }
    make_event(event, size);
    uint64_t cpu = nanoseconds(CLOCK_PROCESS_CPUTIME_ID), first = nanoseconds(CLOCK_MONOTONIC);
    for (unsigned time = 0; time < times; time++)
        for (size_t i = 0; i < count; i++) send_all(sockets[i], event, size);
    uint64_t last = nanoseconds(CLOCK_MONOTONIC);
    cpu = nanoseconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    printf("sent %llu %llu %llu\n", (unsigned long long)first, (unsigned long long)last,
           (unsigned long long)cpu);
}

int main(int argc, char **argv) {
    if (argc != 3) return 2;
    count = strtoul(argv[2], NULL, 10);
    setvbuf(stdout, NULL, _IOLBF, 0);
    allow_many_files();
    sockets = calloc(count, sizeof *sockets);
    if (!count || !sockets) return 2;
    int listening = listen_on(argv[1]);
    printf("listening\n");
    while (taken < count) take_socket(listening);
    printf("ready\n");
    char line[64];
    while (fgets(line, sizeof line, stdin)) obey(line);
    return 0;
}
