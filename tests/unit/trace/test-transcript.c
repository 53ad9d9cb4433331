/* SPDX-License-Identifier: MIT */
/* test-transcript.c: what a transcript and a ladder say, and that no message can act on the terminal. */
#include <check.h>
#include <string.h>
#include "trace/trace-read.h"
#include "trace/transcript.h"

/* The transcript of these trace lines. */
static char *
transcript_of (const char *lines, GpoTranscriptFlags flags)
{
  g_autoptr (GpoLog) log = gpo_log_new ();
  g_autoptr (GpoTraceReader) reader = gpo_trace_reader_new (log, "test");
  g_autoptr (GpoTranscript) t = gpo_transcript_new (flags);
  GString *out = g_string_new (NULL);
  ck_assert (gpo_trace_reader_feed (reader, lines, strlen (lines), NULL));
  ck_assert_uint_eq (gpo_trace_reader_n_problems (reader), 0);
  for (guint64 n = gpo_log_first (log); n < gpo_log_length (log); n++)
    gpo_transcript_add (t, log, n, gpo_log_get (log, n), out);
  gpo_transcript_end (t, out);
  return g_string_free (out, FALSE);
}

static char *
ladder_of (const char *lines, GpoTranscriptFlags flags, guint width, gboolean scan)
{
  g_autoptr (GpoLog) log = gpo_log_new ();
  g_autoptr (GpoTraceReader) reader = gpo_trace_reader_new (log, "test");
  g_autoptr (GpoLadder) ladder = gpo_ladder_new (flags, width);
  GString *out = g_string_new (NULL);
  ck_assert (gpo_trace_reader_feed (reader, lines, strlen (lines), NULL));
  for (guint64 n = 0; scan && n < gpo_log_length (log); n++)
    gpo_ladder_scan (ladder, gpo_log_get (log, n));
  for (guint64 n = 0; n < gpo_log_length (log); n++)
    gpo_ladder_add (ladder, n, gpo_log_get (log, n), out);
  return g_string_free (out, FALSE);
}

#define S1 "\"host\":\"athens\",\"protocol\":\"smtp\",\"session\":1,"
#define CONNECT                                                                                                        \
  "{\"n\":0,\"t\":0,\"kind\":\"connect\"," S1 "\"role\":\"smtp\",\"side\":\"server\",\"from\":\"127.0.0.1:4711\"}\n"

static const struct {
  const char *lines;
  GpoTranscriptFlags flags;
  const char *expected;
} cases[] = {
  { CONNECT, GPO_TRANSCRIPT_PLAIN, "=== session 1: smtp at athens, connected smtp from 127.0.0.1:4711\n" },
  { "{\"t\":0,\"kind\":\"line\"," S1 "\"from\":\"client\",\"text\":\"QUIT\\r\\n\"}\n", 0, " -> QUIT\n" },
  { "{\"t\":0,\"kind\":\"line\"," S1 "\"from\":\"server\",\"text\":\"221 bye\\r\\n\"}\n", 0, "<-  221 bye\n" },
  { "{\"t\":0,\"kind\":\"line\"," S1 "\"from\":\"server\",\"text\":\"503 no\\r\\n\"}\n", 0, "<** 503 no\n" },
  { "{\"t\":0,\"kind\":\"line\"," S1 "\"from\":\"client\",\"text\":\"QUIT\\n\"}\n", 0,
    " -> QUIT   (ends in a bare LF)\n" },
  { "{\"t\":0,\"kind\":\"line\"," S1 "\"from\":\"client\",\"text\":\"a\\t\\\\\\u00e9\\r\\n\"}\n", GPO_TRANSCRIPT_BYTES,
    " -> a\\t\\\\\\xc3\\xa9\\r\\n\n" },
  { "{\"t\":0,\"kind\":\"line\"," S1 "\"from\":\"server\",\"text\":\"503 no\\r\\n\"}\n", GPO_TRANSCRIPT_COLOR,
    "\x1b[31m<** 503 no\x1b[0m\n" },
  { "{\"n\":7,\"t\":0,\"kind\":\"line\"," S1 "\"from\":\"client\",\"text\":\"QUIT\\r\\n\"}\n", GPO_TRANSCRIPT_NUMBERS,
    "      7  -> QUIT\n" },
  { "{\"t\":0,\"kind\":\"line\",\"protocol\":\"imap\",\"session\":2,\"from\":\"server\",\"text\":\"a1 NO such\\r\\n\"}\n", 0,
    "<** a1 NO such\n" },
  { "{\"t\":0,\"kind\":\"line\",\"protocol\":\"pop3\",\"session\":2,\"from\":\"server\",\"text\":\"-ERR x\\r\\n\"}\n", 0,
    "<** -ERR x\n" },
  { "{\"t\":0,\"kind\":\"edge\"," S1 "\"from\":\"ready\",\"to\":\"mail\",\"verdict\":\"ok\",\"spec\":\"RFC 5321 §4.1.1.2\"}\n",
    0, "        ready → mail   RFC 5321 §4.1.1.2\n" },
  { "{\"t\":0,\"kind\":\"edge\"," S1 "\"from\":\"ready\",\"to\":\"ready\",\"verdict\":\"sequence\"}\n", 0,
    "        ready (sequence)\n" },
  { "{\"t\":0,\"kind\":\"edge\",\"letter\":4,\"machine\":\"queue\",\"from\":\"queued\",\"to\":\"routed\"}\n",
    GPO_TRANSCRIPT_ASCII, "**  letter 4: queue queued -> routed\n" },
  { "{\"t\":0,\"kind\":\"edge\"," S1 "\"letter\":4,\"machine\":\"queue\",\"from\":\"routed\",\"to\":\"sending\"}\n",
    GPO_TRANSCRIPT_ASCII, "        queue routed -> sending\n" },
  { "{\"t\":0,\"kind\":\"edge\"," S1 "\"machine\":\"smtp-client\",\"from\":\"mail\",\"to\":\"rcpt\"}\n",
    GPO_TRANSCRIPT_ASCII, "        client: mail -> rcpt\n" },
  { "{\"t\":0,\"kind\":\"edge\"," S1 "\"machine\":\"smtp-server\",\"from\":\"mail\",\"to\":\"rcpt\"}\n",
    GPO_TRANSCRIPT_ASCII, "        mail -> rcpt\n" },
  { "{\"t\":0,\"kind\":\"envelope\"," S1 "\"action\":\"add\",\"sender\":\"\"}\n", 0, "        envelope: from <>\n" },
  { "{\"t\":0,\"kind\":\"envelope\"," S1 "\"action\":\"from\",\"sender\":\"a@b\"}\n", 0, "        envelope: from <a@b>\n" },
  { "{\"t\":12000345,\"kind\":\"note\",\"text\":\"hello\"}\n", GPO_TRANSCRIPT_TIMES, "    12.000345 **  note: hello\n" },
  { "{\"t\":0,\"kind\":\"office\",\"action\":\"mx\",\"domain\":\"a.b\",\"answer\":\"10 c.d, 20 a.b\"}\n", 0,
    "**  office mx a.b: 10 c.d, 20 a.b\n" },
  { "{\"t\":0,\"kind\":\"office\",\"host\":\"gateway\",\"action\":\"route\",\"domain\":\"a.b\",\"next-hop\":\"athens\"}\n", 0,
    "**  gateway: office route a.b next hop athens\n" },
  { "{\"t\":0,\"kind\":\"envelope\"," S1 "\"action\":\"add\",\"recipient\":\"b@c\"}\n", 0,
    "        envelope: to <b@c>\n" },
  { "{\"t\":0,\"kind\":\"envelope\"," S1 "\"action\":\"clear\"}\n", 0, "        envelope: clear\n" },
  { "{\"t\":0,\"kind\":\"data\"," S1 "\"letter\":1,\"from\":\"client\",\"offset\":0,\"length\":2,\"text\":\"a\\n\"}\n"
    "{\"t\":0,\"kind\":\"data\"," S1 "\"letter\":1,\"from\":\"client\",\"offset\":2,\"length\":3,\"text\":\"bc\\n\"}\n",
    0, " -> (5 bytes of letter 1)\n" },
  { "{\"t\":0,\"kind\":\"data\"," S1 "\"from\":\"client\",\"offset\":0,\"length\":6,\"text\":\"a\\r\\nbc\\r\\n\"}\n",
    GPO_TRANSCRIPT_DATA, " -> a\n -> bc\n" },
  { CONNECT "{\"t\":0,\"kind\":\"tls\"," S1 "\"result\":\"ok\",\"mechanism\":\"TLS 1.3\"}\n"
            "{\"t\":0,\"kind\":\"line\"," S1 "\"from\":\"client\",\"text\":\"EHLO a\\r\\n\"}\n",
    0,
    "=== session 1: smtp at athens, connected smtp from 127.0.0.1:4711\n**  TLS ok: TLS 1.3\n ~> EHLO a\n" },
  { CONNECT "{\"n\":1,\"t\":0,\"kind\":\"line\",\"session\":2,\"from\":\"client\",\"text\":\"NOOP\\r\\n\"}\n"
            "{\"n\":2,\"t\":0,\"kind\":\"close\",\"session\":2,\"result\":\"quit\"}\n"
            "{\"n\":3,\"t\":0,\"kind\":\"line\"," S1 "\"from\":\"client\",\"text\":\"NOOP\\r\\n\"}\n",
    0,
    "=== session 1: smtp at athens, connected smtp from 127.0.0.1:4711\n  2|  -> NOOP\n"
    "  2| === session 2 closed: quit\n -> NOOP\n" },
  { "{\"t\":0,\"kind\":\"parcel\",\"weight\":7,\"red\":true,\"list\":[1]}\n", 0, "**  parcel weight=7 red=true list=[1]\n" },
  { "{\"t\":0,\"kind\":\"note\",\"text\":\"hello\"}\n", 0, "**  note: hello\n" },
};

START_TEST (says)
{
  g_autofree char *text = transcript_of (cases[_i].lines, cases[_i].flags);
  ck_assert_str_eq (text, cases[_i].expected);
}
END_TEST

#define S2 "\"host\":\"gateway\",\"protocol\":\"smtp\",\"session\":2,"
#define S3 "\"host\":\"sparta\",\"protocol\":\"smtp\",\"session\":3,"
#define BOTH_ENDS                                                                                                      \
  "{\"t\":0,\"kind\":\"connect\"," S2 "\"side\":\"client\",\"from\":\"127.0.0.1:5\"}\n"                                \
  "{\"t\":0,\"kind\":\"connect\"," S3 "\"side\":\"server\",\"from\":\"127.0.0.1:5\",\"name\":\"gateway\"}\n"           \
  "{\"t\":0,\"kind\":\"line\"," S2 "\"from\":\"client\",\"text\":\"NOOP\\r\\n\"}\n"                                    \
  "{\"t\":0,\"kind\":\"line\"," S3 "\"from\":\"client\",\"text\":\"NOOP\\r\\n\"}\n"                                    \
  "{\"t\":0,\"kind\":\"line\"," S3 "\"from\":\"server\",\"text\":\"250 a reply that is too long for its arrow\\r\\n\"}\n"

START_TEST (a_ladder_draws_a_connection_once)
{
  g_autofree char *text = ladder_of (BOTH_ENDS, GPO_TRANSCRIPT_ASCII, 60, TRUE);
  ck_assert_ptr_nonnull (strstr (text, "gateway"));
  ck_assert_ptr_nonnull (strstr (text, "|--NOOP---------------------->|\n"));
  ck_assert_ptr_eq (strstr (text, "NOOP"), g_strrstr (text, "NOOP"));
  ck_assert_ptr_nonnull (strstr (text, "|<-250 a reply that is too ~"));
}
END_TEST

/* --- hostile texts --- */

static const struct {
  const char *text;
  gsize length;
} hostile[] = {
  { "\x1b]0;owned\a\x1b[2J", 13 },
  { "\xc2\x9b" "31m\xc2\x85\xc2\x90", 9 },
  { "\x9b" "31m\x90\x85", 6 },
  { "\xe2\x80\xae" "exe.txt\xe2\x80\xac\xe2\x81\xa6\xd8\x9c", 18 },
  { "\xe2\x80\x8b\xef\xbb\xbf\xe2\x80\xa8\xe2\x80\xa9", 12 },
  { "\xf3\xa0\x81\x81\xee\x80\x80\xf4\x8f\xbf\xbf", 11 },
  { "\xc0\x9b\xed\xa0\x80\xf8\x88\x80\x80\x80", 10 },
  { "\r\b\b\b\x7f\v\f\0x", 9 },
  { "\n=== session 9\r", 15 },
};

START_TEST (harmless_json_means_the_same)
{
  g_autofree char *json = gpo_escape_json (g_strdup ("[\"\xc3\xb6 \xc2\x9b" "31m\x7f \xe2\x80\xae \xf3\xa0\x81\x81\\n\"]"));
  ck_assert_str_eq (json, "[\"\xc3\xb6 \\u009b31m\\u007f \\u202e \\udb40\\udc41\\n\"]");
}
END_TEST

/* Nothing in `text` can act on a terminal. */
static void
check_harmless (const char *text, gboolean colored)
{
  const char *end;
  ck_assert_msg (g_utf8_validate (text, -1, &end), "invalid UTF-8 at %s", end);
  for (const char *p = text; *p; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      GUnicodeType type = g_unichar_type (c);
      if (c == '\n')
        continue;
      if (c == 0x1b && colored)
        {
          ck_assert_msg (p[1] == '[' && p[2 + strspn (p + 2, "0123456789")] == 'm', "an escape that is no colour");
          continue;
        }
      ck_assert_msg (type != G_UNICODE_CONTROL && type != G_UNICODE_FORMAT && type != G_UNICODE_LINE_SEPARATOR
                       && type != G_UNICODE_PARAGRAPH_SEPARATOR && type != G_UNICODE_UNASSIGNED
                       && type != G_UNICODE_PRIVATE_USE,
                     "U+%04X reached the output", c);
    }
}

/* Every kind with the hostile text in every field, and once in bytes 0 to 255. */
START_TEST (no_text_acts_on_the_terminal)
{
  char bytes[256];
  static const guint some_flags[] = { 0, 2, 4 | 1, 8, 31 };
  guint row = (guint) _i / 5, flags = some_flags[_i % 5];
  const char *text = row < G_N_ELEMENTS (hostile) ? hostile[row].text : bytes;
  gsize length = row < G_N_ELEMENTS (hostile) ? hostile[row].length : sizeof bytes;
  for (guint i = 0; i < 256; i++)
    bytes[i] = (char) i;
  g_autoptr (GpoTranscript) t = gpo_transcript_new ((GpoTranscriptFlags) flags);
  g_autoptr (GpoLadder) ladder = gpo_ladder_new ((GpoTranscriptFlags) flags & ~GPO_TRANSCRIPT_COLOR, 80);
  g_autofree char *word = g_strndup (text, MIN (length, 40));
  GString *out = g_string_new (NULL), *drawn = g_string_new (NULL);
  for (guint kind = 0; kind < GPO_N_KINDS; kind++)
    for (guint session = 0; session < 2; session++)
      {
        GpoEventBuilder b;
        gpo_event_begin (&b, (GpoKind) kind);
        b.event.session = session;
        b.event.host = gpo_symbol (word);
        for (guint field = 0; field < GPO_N_FIELDS; field++)
          if (field != GPO_FIELD_HIDDEN)
            gpo_event_add_text (&b, (GpoField) field, text, (gssize) length);
        gsize before = out->len;
        gpo_transcript_add (t, NULL, 1, gpo_event_peek (&b), out);
        /* Data gathers and is summed up in front of what comes next. */
        if (kind != GPO_KIND_DATA && kind != GPO_KIND_EDGE)
          ck_assert_ptr_eq (strchr (out->str + before, '\n'), out->str + out->len - 1);
        gpo_event_to_text (drawn, 1, &b.event, (GpoTranscriptFlags) flags);
        gpo_ladder_add (ladder, 1, &b.event, drawn);
        gpo_event_clear (&b);
      }
  gpo_transcript_end (t, out);
  check_harmless (out->str, flags & GPO_TRANSCRIPT_COLOR);
  check_harmless (drawn->str, FALSE);
  ck_assert_uint_eq (strlen (out->str), out->len);
  g_string_free (out, TRUE);
  g_string_free (drawn, TRUE);
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("transcript");
  TCase *c = tcase_create ("transcript");
  tcase_add_loop_test (c, says, 0, G_N_ELEMENTS (cases));
  tcase_add_test (c, a_ladder_draws_a_connection_once);
  tcase_set_timeout (c, 60); /* a sanitizer on a busy machine */
  tcase_add_test (c, harmless_json_means_the_same);
  tcase_add_loop_test (c, no_text_acts_on_the_terminal, 0, 5 * (G_N_ELEMENTS (hostile) + 1));
  suite_add_tcase (s, c);
  return s;
}
#include "check-main.h"
