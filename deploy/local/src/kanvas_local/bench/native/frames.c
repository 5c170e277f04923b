#include "frames.h"

#include <string.h>

static const uint8_t FINAL = 0x80, RESERVED = 0x70, OPCODE = 0x0f, MASKED = 0x80, LENGTH = 0x7f;

static int known(uint8_t opcode) {
    return opcode == FRAME_TEXT || opcode == FRAME_BINARY ||
           (opcode >= FRAME_CLOSE && opcode <= FRAME_PONG);
}

/* Returns how long the head is, as far as its first two bytes tell. */
static size_t head_length(const uint8_t *head) {
    uint8_t length = head[1] & LENGTH;
    return length == 127 ? 10 : length == 126 ? 4 : 2;
}

static int begin_payload(struct frame_reader *reader) {
    const uint8_t *head = reader->head;
    uint64_t length = head[1] & LENGTH;
    reader->opcode = head[0] & OPCODE;
    if (!(head[0] & FINAL) || (head[0] & RESERVED) || (head[1] & MASKED)) return -1;
    if (!known(reader->opcode)) return -1;
    if (reader->opcode >= FRAME_CLOSE && length > 125) return -1;
    if (length >= 126) {
        size_t bytes = length == 126 ? 2 : 8;
        length = 0;
        for (size_t i = 0; i < bytes; i++) length = length << 8 | head[2 + i];
    }
    reader->left = length;
    reader->length = length + reader->head_length;
    reader->in_payload = 1;
    reader->kept = 0;
    return 0;
}

int frames_read(struct frame_reader *reader, const uint8_t *bytes, size_t count,
                frame_handler *handle, void *context) {
    while (count || (reader->in_payload && !reader->left)) {
        if (!reader->in_payload) {
            reader->head[reader->head_length++] = *bytes++;
            count--;
            if (reader->head_length < 2 || reader->head_length < head_length(reader->head)) continue;
            if (begin_payload(reader)) return -1;
        }
        size_t part = reader->left < count ? (size_t)reader->left : count;
        size_t room = FRAME_KEPT - reader->kept;
        size_t keep = part < room ? part : room;
        memcpy(reader->start + reader->kept, bytes, keep);
        reader->kept += (uint8_t)keep;
        reader->left -= part;
        bytes += part;
        count -= part;
        if (reader->left) continue;
        struct frame frame = {reader->opcode, reader->start, reader->kept, reader->length};
        reader->in_payload = 0;
        reader->head_length = 0;
        handle(context, &frame);
    }
    return 0;
}
