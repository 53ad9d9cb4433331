/* SPDX-License-Identifier: MIT */
/* pcapng.c: blocks.
 *
 *     pcapng = section-header interface names *packet
 *     block  = type length body length                      all in words; the length is that of the whole
 * block */
#include "replay/pcapng.h"
#include <string.h>

#define SECTION_HEADER 0x0a0d0d0a
#define INTERFACE 1
#define NAMES 4
#define PACKET 6

#define LINK_RAW 101 /* LINKTYPE_RAW */
#define COMMENT_MAX 4000

enum
{
  OPTION_COMMENT = 1,
  OPTION_PROGRAM = 4
};

static void
put32 (GString *out, guint32 value)
{
  g_string_append_len (out, (const char *) &value, 4);
}

static void
put16 (GString *out, guint16 value)
{
  g_string_append_len (out, (const char *) &value, 2);
}

static void
pad (GString *out)
{
  static const char zeros[4] = "";
  g_string_append_len (out, zeros, (gssize) (-out->len & 3));
}

/* Begins a block at a word's boundary (the whole of `out` stays so); returns where. */
static gsize
begin_block (GString *out, guint32 type)
{
  gsize at = out->len;
  put32 (out, type);
  put32 (out, 0);
  return at;
}

static void
end_block (GString *out, gsize at)
{
  guint32 length = (guint32) (out->len - at + 4);
  put32 (out, length);
  memcpy (out->str + at + 4, &length, 4);
}

static void
put_option (GString *out, guint16 code, const char *text, gsize n)
{
  put16 (out, code);
  put16 (out, (guint16) n);
  g_string_append_len (out, text, (gssize) n);
  pad (out);
}

static void
put_comment (GString *out, const char *text)
{
  if (text && *text)
    put_option (out, OPTION_COMMENT, text, MIN (strlen (text), COMMENT_MAX));
  put32 (out, 0); /* the end of the options */
}

void
gpo_pcapng_head (GString *out, const char *program, const char *comment)
{
  gsize at = begin_block (out, SECTION_HEADER);
  put32 (out, 0x1a2b3c4d); /* the byte order */
  put16 (out, 1);          /* version 1.0 */
  put16 (out, 0);
  put32 (out, 0xffffffff); /* the section's length: not said */
  put32 (out, 0xffffffff);
  put_option (out, OPTION_PROGRAM, program, strlen (program));
  put_comment (out, comment);
  end_block (out, at);
  at = begin_block (out, INTERFACE);
  put16 (out, LINK_RAW);
  put16 (out, 0);
  put32 (out, 0); /* no limit */
  end_block (out, at);
}

gsize
gpo_pcapng_begin_names (GString *out)
{
  return begin_block (out, NAMES);
}

void
gpo_pcapng_name (GString *out, guint32 address, const char *name)
{
  guint32 wire = GUINT32_TO_BE (address);
  gsize n = strlen (name) + 1;
  put16 (out, 1); /* IPv4 */
  put16 (out, (guint16) (4 + n));
  g_string_append_len (out, (const char *) &wire, 4);
  g_string_append_len (out, name, (gssize) n);
  pad (out);
}

void
gpo_pcapng_end_names (GString *out, gsize at)
{
  put32 (out, 0);
  end_block (out, at);
}

void
gpo_pcapng_packet (GString *out, gint64 when, const guint8 *frame, gsize n, const char *comment)
{
  gsize at = begin_block (out, PACKET);
  put32 (out, 0); /* the interface */
  put32 (out, (guint32) ((guint64) when >> 32));
  put32 (out, (guint32) when);
  put32 (out, (guint32) n); /* captured, and sent */
  put32 (out, (guint32) n);
  g_string_append_len (out, (const char *) frame, (gssize) n);
  pad (out);
  put_comment (out, comment);
  end_block (out, at);
}
