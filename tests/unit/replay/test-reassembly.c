/* SPDX-License-Identifier: MIT */
/* test-reassembly.c: segments in any order become bytes in order; frames of every link type are opened. */
#include "replay/reassembly.h"
#include <check.h>
#include <pcap/dlt.h>
#include <string.h>

/* --- segments ---
 * A case is a list of segments, separated by spaces: side (c, s), flags (S, A, F, R), sequence number from 0 at the SYN,
 * ":", bytes, and perhaps "@" and an acknowledgement. "cS0: sSA0:@1 cA1:abc". What comes out: "c(abc)", "gap-c-3", "late",
 * "end-client". */

typedef struct
{
  const char *name, *segments, *told;
} Case;

static const Case cases[] = {
  { "in_order", "cS0: sSA0:@1 sA1:hi@1 cA1:ab@3 cA3:cd@3 cFA5:@3 sFA3:@6", "open s(hi) c(ab) c(cd) end-client" },
  { "out_of_order", "cS0: sSA0:@1 cA4:de@1 cA1:abc@1 sFA1:@6 cFA6:@2", "open c(abc) c(de) end-server" },
  { "sent_again", "cS0: sSA0:@1 cA1:abc@1 cA1:abc@1 cA4:d@1", "open c(abc) c(d) end-end" },
  { "sent_again_with_more", "cS0: sSA0:@1 cA1:abc@1 cA1:abcde@1", "open c(abc) c(de) end-end" },
  { "overlapping_first_copy_counts", "cS0: sSA0:@1 cA3:CDEF@1 cA1:abcd@1", "open c(abcd) c(EF) end-end" },
  { "syn_again", "cS0: cS0: sSA0:@1 sSA0:@1 cS0: cA1:ab@1", "open c(ab) end-end" },
  { "data_with_the_syn", "cS0:ab sSA0:@3 cA3:cd@1", "open c(ab) c(cd) end-end" },
  { "ports_used_again", "cS0: sSA0:@1 cA1:ab@1 cFA3:@1 sFA1:@4 cS900000: sSA5:@900001 cA900001:cd@6",
    "open c(ab) end-client open c(cd) end-end" },
  { "ports_used_again_without_an_end", "cS0: sSA0:@1 cA1:ab@1 cS900000: sSA5:@900001 cA900001:cd@6",
    "open c(ab) end-end open c(cd) end-end" },
  { "numbers_go_round", "cS4294967293: sSA0:@4294967294 cA4294967294:abcd@1 cA2:ef@1", "open c(abcd) c(ef) end-end" },
  { "begun_before", "cA100:ab@50 sA50:cd@102", "late c(ab) s(cd) end-end" },
  { "begun_before_seen_from_the_server", "sA50:cd@102 cA102:ab@52", "late s(cd) c(ab) end-end" },
  { "acknowledged_and_not_there",
    "cS0: sSA0:@1 cA4:de@1 sA1:1@6 sA2:2@6 sA3:3@6 sA4:4@6 sA5:5@6 sA6:6@6 sA7:7@6 sA8:8@6 sA9:9@6",
    "open s(1) s(2) s(3) s(4) s(5) s(6) s(7) s(8) s(9) gap-c-3 c(de) end-end" },
  { "missing_at_the_end", "cS0: sSA0:@1 cA4:de@1", "open gap-c-3 c(de) end-end" },
  { "reset", "cS0: sSA0:@1 cA1:ab@1 sR1: cA3:cd@1", "open c(ab) end-reset" },
  { "fin_out_of_order", "cS0: sSA0:@1 cFA3:@1 sFA1:@1 cA1:ab@2", "open c(ab) end-server" },
  { "keep_alive", "cS0: sSA0:@1 cA1:ab@1 cA2:b@1 sA1:@3 cA3:c@1", "open c(ab) c(c) end-end" },
  { "late_copies_open_nothing", "cS0: sSA0:@1 cA1:ab@1 cFA3:@1 sFA1:@4 cA1:ab@2 sFA1:@4", "open c(ab) end-client" },
  { "acks_alone_open_nothing", "cA5:@9 sA9:@5", "" },
};

static GString *told;

static gpointer
on_opened (const GpoEndpoint *client, const GpoEndpoint *server, gboolean late, gpointer data)
{
  ck_assert_uint_eq (client->port, 40000);
  ck_assert_uint_eq (server->port, 25);
  g_string_append (told, late ? "late " : "open ");
  return told;
}

static void
on_bytes (gpointer own, gboolean from_client, const guint8 *bytes, gsize n, gpointer data)
{
  g_string_append_printf (told, "%c(%.*s) ", from_client ? 'c' : 's', (int) n, bytes);
}

static void
on_gap (gpointer own, gboolean from_client, guint64 n, gpointer data)
{
  g_string_append_printf (told, "gap-%c-%" G_GUINT64_FORMAT " ", from_client ? 'c' : 's', n);
}

static void
on_ended (gpointer own, const char *how, gpointer data)
{
  g_string_append_printf (told, "end-%s ", how);
}

static const GpoReassemblyUser user = { on_opened, on_bytes, on_gap, on_ended };

static void
take (GpoReassembly *r, const char *text)
{
  GpoEndpoint client = { .address = { 10, 0, 0, 1 }, .port = 40000 }, server = { .address = { 10, 0, 0, 2 }, .port = 25 };
  GpoSegment s = { .from = *text == 'c' ? client : server, .to = *text == 'c' ? server : client };
  for (text++; !g_ascii_isdigit (*text); text++)
    s.flags |= *text == 'S' ? GPO_TCP_SYN : *text == 'A' ? GPO_TCP_ACK : *text == 'F' ? GPO_TCP_FIN : GPO_TCP_RST;
  s.seq = (guint32) g_ascii_strtoull (text, (char **) &text, 10);
  const char *at = strchr (++text, '@');
  s.bytes = (const guint8 *) text;
  s.length = s.captured = at ? (gsize) (at - text) : strlen (text);
  s.ack = at ? (guint32) g_ascii_strtoull (at + 1, NULL, 10) : 0;
  gpo_reassembly_take (r, &s);
}

START_TEST (segments_become_bytes)
{
  const Case *c = &cases[_i];
  told = g_string_new (NULL);
  GpoReassembly *r = gpo_reassembly_new (&user, NULL);
  g_auto (GStrv) segments = g_strsplit (c->segments, " ", 0);
  for (guint i = 0; segments[i]; i++)
    take (r, segments[i]);
  gpo_reassembly_free (r);
  ck_assert_msg (strcmp (g_strchomp (told->str), c->told) == 0, "%s:\n told     %s\n expected %s", c->name, told->str,
                 c->told);
  g_string_free (told, TRUE);
}
END_TEST

/* --- frames --- */

static const guint8 ip4[] = { 0x45, 0,  0, 43, 0, 0, 0x40, 0, 64, 6, 0,    0,    127, 0, 0, 1, 127, 0, 0,   2,   0x9c, 0x40,
                              0,    25, 0, 0,  0, 7, 0,    0, 0,  9, 0x50, 0x18, 0,   0, 0, 0, 0,   0, 'a', 'b', 'c' };
static const guint8 ip6[] = { 0x60, 0,    0, 0,  0, 31, 0, 64, 0, 0, 0, 0, 0,    0,    0, 0, 0, 0, 0, 0, 0,   0,   0,  1,
                              0,    0,    0, 0,  0, 0,  0, 0,  0, 0, 0, 0, 0,    0,    0, 2, 6, 0, 0, 0, 0,   0,   0,  0,
                              0x9c, 0x40, 0, 25, 0, 0,  0, 7,  0, 0, 0, 9, 0x50, 0x18, 0, 0, 0, 0, 0, 0, 'a', 'b', 'c' };

static const struct
{
  int link;
  const char *head; /* in hexadecimal */
  gboolean v6;
} links[] = {
  { DLT_EN10MB,
    "000000000000000000000000"
    "0800",
    FALSE },
  { DLT_EN10MB,
    "000000000000000000000000"
    "86dd",
    TRUE },
  { DLT_EN10MB,
    "000000000000000000000000"
    "81000005"
    "88a80006"
    "0800",
    FALSE },
  { DLT_LINUX_SLL,
    "0000"
    "0304"
    "0006"
    "0000000000000000"
    "0800",
    FALSE },
  { DLT_LINUX_SLL,
    "0000"
    "0304"
    "0006"
    "0000000000000000"
    "86dd",
    TRUE },
  { DLT_LINUX_SLL2,
    "0800"
    "0000"
    "00000001"
    "0304"
    "00"
    "06"
    "0000000000000000",
    FALSE },
  { DLT_NULL, "02000000", FALSE },
  { DLT_NULL, "1e000000", TRUE },
  { DLT_LOOP, "00000002", FALSE },
  { DLT_RAW, "", FALSE },
  { DLT_RAW, "", TRUE },
};

static GByteArray *
frame_of (int i)
{
  GByteArray *frame = g_byte_array_new ();
  for (const char *h = links[i].head; *h; h += 2)
    {
      guint8 byte = (guint8) (g_ascii_xdigit_value (h[0]) * 16 + g_ascii_xdigit_value (h[1]));
      g_byte_array_append (frame, &byte, 1);
    }
  g_byte_array_append (frame, links[i].v6 ? ip6 : ip4, links[i].v6 ? sizeof ip6 : sizeof ip4);
  return frame;
}

START_TEST (frames_of_every_link_are_opened)
{
  g_autoptr (GByteArray) frame = frame_of (_i);
  GpoSegment s;
  char text[64];
  g_byte_array_append (frame, (const guint8 *) "padding", 7);
  ck_assert (gpo_packet_link_known (links[_i].link));
  ck_assert_int_eq (gpo_packet_open (links[_i].link, frame->data, frame->len, &s), GPO_PACKET_TCP);
  gpo_endpoint_text (&s.from, text, sizeof text);
  ck_assert_str_eq (text, links[_i].v6 ? "[::1]:40000" : "127.0.0.1:40000");
  gpo_endpoint_text (&s.to, text, sizeof text);
  ck_assert_str_eq (text, links[_i].v6 ? "[::2]:25" : "127.0.0.2:25");
  ck_assert_uint_eq (s.seq, 7);
  ck_assert_uint_eq (s.ack, 9);
  ck_assert_uint_eq (s.length, 3);
  ck_assert_uint_eq (s.captured, 3);
  ck_assert (memcmp (s.bytes, "abc", 3) == 0);
}
END_TEST

/* A frame that is cut anywhere is never read beyond its end, and a cut in its bytes is told. */
START_TEST (cut_frames_are_seen_to_be_cut)
{
  g_autoptr (GByteArray) frame = frame_of (_i);
  GpoSegment s;
  for (gsize n = 0; n < frame->len; n++)
    {
      g_autofree guint8 *exact = g_memdup2 (frame->data, n);
      GpoPacket packet = gpo_packet_open (links[_i].link, exact, n, &s);
      if (packet == GPO_PACKET_TCP)
        ck_assert_uint_lt (s.captured, s.length);
      ck_assert_int_eq (packet == GPO_PACKET_TCP, n + 3 >= frame->len);
    }
}
END_TEST

START_TEST (other_frames_are_told_apart)
{
  guint8 frame[sizeof ip4];
  GpoSegment s;
  memcpy (frame, ip4, sizeof frame);
  frame[9] = 17;
  ck_assert_int_eq (gpo_packet_open (DLT_RAW, frame, sizeof frame, &s), GPO_PACKET_OTHER);
  frame[9] = 6;
  frame[6] = 0x20;
  ck_assert_int_eq (gpo_packet_open (DLT_RAW, frame, sizeof frame, &s), GPO_PACKET_FRAGMENT);
  frame[6] = 0;
  frame[32] = 0x10;
  ck_assert_int_eq (gpo_packet_open (DLT_RAW, frame, sizeof frame, &s), GPO_PACKET_BROKEN);
}
END_TEST

/* The one's complement sum of all words, which is all ones where a checksum is among them (RFC 1071). */
static guint
sum_of (const guint8 *bytes, gsize n, guint sum)
{
  for (gsize i = 0; i < n; i++)
    sum += i & 1 ? bytes[i] : (guint) bytes[i] << 8;
  while (sum >> 16)
    sum = (sum & 0xffff) + (sum >> 16);
  return sum;
}

START_TEST (a_made_frame_is_opened_as_it_was_meant)
{
  guint8 frame[GPO_PACKET_HEADS + 3];
  GpoSegment meant = { .from = { { 10, 0, 0, 1 }, 40000, FALSE },
                       .to = { { 10, 0, 0, 2 }, 25, FALSE },
                       .seq = 0xfedcba98,
                       .ack = 9,
                       .flags = GPO_TCP_PSH | GPO_TCP_ACK,
                       .bytes = (const guint8 *) "abc",
                       .captured = 3,
                       .length = 3 };
  GpoSegment s;
  char text[64];
  ck_assert_uint_eq (gpo_packet_make (frame, &meant), sizeof frame);
  ck_assert_int_eq (gpo_packet_open (DLT_RAW, frame, sizeof frame, &s), GPO_PACKET_TCP);
  gpo_endpoint_text (&s.from, text, sizeof text);
  ck_assert_str_eq (text, "10.0.0.1:40000");
  gpo_endpoint_text (&s.to, text, sizeof text);
  ck_assert_str_eq (text, "10.0.0.2:25");
  ck_assert_uint_eq (s.seq, meant.seq);
  ck_assert_uint_eq (s.ack, meant.ack);
  ck_assert_uint_eq (s.flags, meant.flags);
  ck_assert_uint_eq (s.length, 3);
  ck_assert_mem_eq (s.bytes, "abc", 3);
  ck_assert_uint_eq (sum_of (frame, 20, 0), 0xffff);
  /* with the pseudo header: both addresses, the protocol and the length (RFC 9293 §3.1) */
  ck_assert_uint_eq (sum_of (frame + 12, 8 + 20 + 3, 6 + 20 + 3), 0xffff);
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("reassembly");
  TCase *t = tcase_create ("reassembly");
  tcase_add_loop_test (t, segments_become_bytes, 0, G_N_ELEMENTS (cases));
  tcase_add_loop_test (t, frames_of_every_link_are_opened, 0, G_N_ELEMENTS (links));
  tcase_add_loop_test (t, cut_frames_are_seen_to_be_cut, 0, G_N_ELEMENTS (links));
  tcase_add_test (t, a_made_frame_is_opened_as_it_was_meant);
  tcase_add_test (t, other_frames_are_told_apart);
  suite_add_tcase (s, t);
  return s;
}

#include "check-main.h"
