/* Frames of a WebSocket server, read as they arrive (RFC 6455, section 5.2). */
#ifndef KANVAS_FRAMES_H
#define KANVAS_FRAMES_H

#include <stddef.h>
#include <stdint.h>

/* How many bytes of a payload are kept: enough to tell what the frame is. */
#define FRAME_KEPT 128

enum { FRAME_TEXT = 1, FRAME_BINARY = 2, FRAME_CLOSE = 8, FRAME_PING = 9, FRAME_PONG = 10 };

/* One frame: the start of its payload, and the length of the whole frame, its head included. */
struct frame {
    uint8_t opcode;
    const char *start;
    size_t kept;
    uint64_t length;
};

/* Where one connection stands in its bytes. All zeros before the first byte. */
struct frame_reader {
    uint64_t left; /* bytes of the payload that are still to come */
    uint64_t length;
    uint8_t head[10];
    uint8_t head_length;
    uint8_t opcode;
    uint8_t in_payload;
    uint8_t kept;
    char start[FRAME_KEPT];
};

typedef void frame_handler(void *context, const struct frame *frame);

/* Reads bytes and calls the handler once for each frame that they complete. Returns 0, or -1 for
 * what a server of Kanvas never sends: a masked or fragmented frame, a reserved bit or opcode, or
 * a control frame above 125 bytes. After -1 the reader must not be used. */
int frames_read(struct frame_reader *reader, const uint8_t *bytes, size_t count,
                frame_handler *handle, void *context);

#endif
