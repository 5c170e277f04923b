/* frames-dump PART: reads a server's frames from standard input, PART bytes at a time, and prints
 * a line for each: opcode, length, start of the payload. For tests of the parser. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "frames.h"

static void print(void *context, const struct frame *frame) {
    (void)context;
    printf("%d %llu %.*s\n", frame->opcode, (unsigned long long)frame->length, (int)frame->kept,
           frame->start);
}

int main(int argc, char **argv) {
    static uint8_t bytes[65536];
    size_t part = argc == 2 ? strtoul(argv[1], NULL, 10) : 0;
    if (!part || part > sizeof bytes) return 2;
    struct frame_reader reader = {0};
    ssize_t count;
    while ((count = read(STDIN_FILENO, bytes, part)) > 0) {
        if (frames_read(&reader, bytes, (size_t)count, print, NULL)) {
            printf("refused\n");
            return 1;
        }
    }
    return 0;
}
