/* sockets PORT COUNT [STREAM [TOKENS]]: COUNT clients of a live stream on loopback, in one process.
 *
 * Each client upgrades to a WebSocket, sends its token where there is a file of TOKENS (one a line,
 * taken in turn), subscribes to STREAM, and counts the events that arrive. Without STREAM a client
 * subscribes to nothing and takes what comes.
 *
 * Frames are told apart by how they begin: every frame of a gateway begins with its type.
 *
 * It prints `ready` once every client is subscribed. Then it takes commands from standard input:
 *
 *   expect K   forget what was counted, and wait for K events on every socket. Prints `expecting S`
 *              (S events had arrived since the last command was complete), and later
 *              `reached FIRST LAST BYTES`: when the first event arrived anywhere and the K-th on
 *              the last socket, in nanoseconds of CLOCK_MONOTONIC, and how long an event's frame is.
 *
 * Whatever goes wrong ends it with a line `failed …`. Memory: some 200 bytes a client. */
#include "frames.h"
#include "loopback.h"

enum { AT_ONCE = 64, READ_BYTES = 256 * 1024, EVENTS = 512, TOKEN_BYTES = 2048 };
enum phase { CONNECTING, UPGRADING, SUBSCRIBING, OPEN };

struct client {
    int fd;
    enum phase phase;
    int progress; /* through the end of the HTTP head */
    uint32_t seen;
    struct frame_reader reader;
};

static struct client *clients;
static size_t count, connected, subscribed, complete;
static uint32_t expected;
static uint64_t first, stray, event_bytes, now;
static int epoll;
static const char *stream;
static char (*tokens)[TOKEN_BYTES];
static size_t token_count;

static const char REQUEST[] =
    "GET /v1/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n";

static void put(struct client *client, const void *bytes, size_t length) {
    if (write(client->fd, bytes, length) != (ssize_t)length) fail("write");
}

/* Sends one frame. The mask is zero: it has to be there, and hides nothing on loopback. */
static void send_frame(struct client *client, int opcode, const char *payload, size_t length) {
    uint8_t frame[TOKEN_BYTES + 64] = {(uint8_t)(0x80 | opcode)};
    size_t at = 2;
    if (length < 126) {
        frame[1] = (uint8_t)(0x80 | length);
    } else {
        frame[1] = 0x80 | 126;
        frame[at++] = (uint8_t)(length >> 8);
        frame[at++] = (uint8_t)length;
    }
    at += 4;
    memcpy(frame + at, payload, length);
    put(client, frame, at + length);
}

static void send_text(struct client *client, const char *form, const char *value) {
    char text[TOKEN_BYTES + 48];
    int length = snprintf(text, sizeof text, form, value);
    send_frame(client, FRAME_TEXT, text, (size_t)length);
}

static void connect_next(const struct sockaddr_in *address) {
    struct client *client = &clients[connected];
    client->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (client->fd < 0) fail("socket");
    answer_at_once(client->fd);
    if (connect(client->fd, (const struct sockaddr *)address, sizeof *address) &&
        errno != EINPROGRESS)
        fail("connect");
    struct epoll_event event = {.events = EPOLLOUT, .data.u64 = connected++};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, client->fd, &event)) fail("epoll_ctl");
}

static void ask_for_upgrade(struct client *client) {
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = (uint64_t)(client - clients)};
    if (epoll_ctl(epoll, EPOLL_CTL_MOD, client->fd, &event)) fail("epoll_ctl");
    client->phase = UPGRADING;
    put(client, REQUEST, sizeof REQUEST - 1);
}

static void upgrade_done(struct client *client) {
    if (!stream) {
        client->phase = OPEN;
        subscribed++;
        return;
    }
    client->phase = SUBSCRIBING;
    if (token_count) {
        size_t number = (size_t)(client - clients);
        send_text(client, "{\"type\":\"authenticate\",\"token\":\"%s\"}", tokens[number % token_count]);
    }
    send_text(client, "{\"type\":\"subscribe\",\"id\":\"1\",\"stream\":\"%s\"}", stream);
}

static int is(const struct frame *frame, const char *type) {
    size_t length = strlen(type);
    return frame->kept >= length && !memcmp(frame->start, type, length);
}

static void take_event(struct client *client, const struct frame *frame) {
    if (complete == count || !expected) {
        stray++;
        return;
    }
    if (!first) first = now;
    event_bytes = frame->length;
    if (++client->seen == expected && ++complete == count)
        printf("reached %llu %llu %llu\n", (unsigned long long)first, (unsigned long long)now,
               (unsigned long long)event_bytes);
    else if (client->seen > expected)
        stray++;
}

static void take(void *context, const struct frame *frame) {
    struct client *client = context;
    if (frame->opcode == FRAME_PING) {
        send_frame(client, FRAME_PONG, frame->start, frame->kept);
    } else if (is(frame, "{\"type\":\"event\"")) {
        take_event(client, frame);
    } else if (is(frame, "{\"type\":\"subscribed\"")) {
        client->phase = OPEN;
        subscribed++;
    } else if (frame->opcode == FRAME_CLOSE || is(frame, "{\"type\":\"error\"")) {
        printf("failed the server said %.*s\n", (int)frame->kept, frame->start);
        exit(1);
    }
}

static void receive(struct client *client) {
    static uint8_t bytes[READ_BYTES];
    ssize_t length = read(client->fd, bytes, sizeof bytes);
    if (length < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (length <= 0) fail("a socket ended");
    now = nanoseconds(CLOCK_MONOTONIC);
    size_t at = 0;
    if (client->phase == UPGRADING) {
        if (client->progress == 0 && (length < 12 || memcmp(bytes, "HTTP/1.1 101", 12)))
            fail("no upgrade");
        while (at < (size_t)length && client->progress < 4)
            client->progress = past_head(client->progress, (char)bytes[at++]);
        if (client->progress < 4) return;
        upgrade_done(client);
    }
    if (frames_read(&client->reader, bytes + at, (size_t)length - at, take, client))
        fail("malformed frame");
}

static void read_tokens(const char *path) {
    FILE *file = fopen(path, "r");
    if (!file) fail(path);
    tokens = calloc(count, sizeof *tokens);
    if (!tokens) fail("memory");
    while (token_count < count && fgets(tokens[token_count], TOKEN_BYTES, file)) {
        tokens[token_count][strcspn(tokens[token_count], "\n")] = 0;
        token_count++;
    }
    fclose(file);
}

static void obey(void) {
    char line[64];
    ssize_t length = read(STDIN_FILENO, line, sizeof line - 1);
    if (length <= 0) exit(0);
    line[length] = 0;
    unsigned wanted;
    if (sscanf(line, "expect %u", &wanted) != 1 || !wanted) {
        errno = EINVAL;
        fail("command");
    }
    printf("expecting %llu\n", (unsigned long long)stray);
    stray = first = complete = 0;
    expected = wanted;
    for (size_t i = 0; i < count; i++) clients[i].seen = 0;
}

int main(int argc, char **argv) {
    if (argc < 3 || argc > 5) return 2;
    struct sockaddr_in address = loopback(argv[1]);
    count = strtoul(argv[2], NULL, 10);
    stream = argc > 3 ? argv[3] : NULL;
    if (!count) return 2;
    if (argc > 4) read_tokens(argv[4]);
    setvbuf(stdout, NULL, _IOLBF, 0);
    allow_many_files();
    clients = calloc(count, sizeof *clients);
    epoll = epoll_create1(0);
    if (!clients || epoll < 0) fail("epoll");
    const uint64_t commands = count;
    int said = 0;
    struct epoll_event events[EVENTS];
    for (;;) {
        while (connected < count && connected - subscribed < AT_ONCE) connect_next(&address);
        if (subscribed == count && !said) {
            said = printf("ready\n");
            watch_reads(epoll, STDIN_FILENO, commands);
        }
        int found = epoll_wait(epoll, events, EVENTS, -1);
        if (found < 0 && errno != EINTR) fail("epoll_wait");
        for (int i = 0; i < found; i++) {
            if (events[i].data.u64 == commands) {
                obey();
                continue;
            }
            struct client *client = &clients[events[i].data.u64];
            if (client->phase == CONNECTING)
                ask_for_upgrade(client);
            else
                receive(client);
        }
    }
}
