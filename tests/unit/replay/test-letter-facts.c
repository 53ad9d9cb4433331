/* SPDX-License-Identifier: MIT */
/* test-letter-facts.c: fields, parts, hops and disagreements of recorded letters, and differences of texts.
 */
#include "../../support/recorded.h"
#include "replay/letter-chain.h"
#include "replay/letter-diff.h"
#include "replay/letter-facts.h"
#include "replay/letter-words.h"
#include <check.h>
#include <string.h>

static GpoLog *log_;
static GpoPicture *picture;

static void
setup (void)
{
  log_ = recorded_log ();
  picture = gpo_picture_new (log_);
  gpo_picture_update (picture, 0);
}

static void
teardown (void)
{
  gpo_picture_free (picture);
  gpo_log_free (log_);
}

static GpoLetterFacts *
facts_of (guint32 letter, guint64 n, gint transfer)
{
  return gpo_letter_facts_new_at (picture, gpo_picture_letter_numbered (picture, letter), n, transfer, 0);
}

START_TEST (every_field_is_where_its_span_says)
{
  for (guint32 letter = 1; letter <= 4; letter++)
    for (gint transfer = 0; transfer < 3; transfer++)
      {
        g_autoptr (GpoLetterFacts) facts = facts_of (letter, gpo_log_length (log_), transfer);
        gsize length, at = 0;
        const char *stored = gpo_letter_facts_stored (facts, &length);
        ck_assert_uint_gt (facts->fields->len, 3);
        for (guint i = 0; i < facts->fields->len; i++)
          {
            const GpoFieldFact *field = facts->fields->pdata[i];
            ck_assert_uint_eq (field->span.start, at); /* they follow each other without a gap */
            ck_assert_int_eq (memcmp (stored + at, field->name, strlen (field->name)), 0);
            at = GPO_SPAN_END (field->span);
          }
        ck_assert (facts->header_ended);
        ck_assert_uint_eq (at + 2, facts->header.length);
      }
}
END_TEST

START_TEST (each_host_is_named_for_what_it_added)
{
  static const struct
  {
    const char *name, *host;
    GpoHeaderKind kind;
  } rows[] = {
    { "Return-Path", "sparta", GPO_HEADER_TRACE },
    { "Received", "sparta", GPO_HEADER_TRACE },
    { "Received", "gateway", GPO_HEADER_TRACE },
    { "Received", "athens", GPO_HEADER_TRACE },
    { "Date", "athens", GPO_HEADER_STANDARD },
    { "Message-ID", "athens", GPO_HEADER_STANDARD },
    { "From", "", GPO_HEADER_STANDARD },
    { "To", "", GPO_HEADER_STANDARD },
    { "Subject", "", GPO_HEADER_STANDARD },
    { "X-Mailer", "", GPO_HEADER_OWN },
    { "MIME-Version", "", GPO_HEADER_MIME },
    { "Content-Type", "", GPO_HEADER_MIME },
    { "Content-Transfer-Encoding", "", GPO_HEADER_MIME },
  };
  g_autoptr (GpoLetterFacts) facts = facts_of (1, gpo_log_length (log_), GPO_TRANSFER_NEWEST);
  ck_assert_uint_eq (facts->fields->len, G_N_ELEMENTS (rows));
  for (guint i = 0; i < facts->fields->len; i++)
    {
      const GpoFieldFact *field = facts->fields->pdata[i];
      ck_assert_str_eq (field->name, rows[i].name);
      ck_assert_str_eq (gpo_symbol_name (field->added_by), rows[i].host);
      ck_assert_int_eq (field->kind, rows[i].kind);
      ck_assert_uint_eq (field->event, strcmp (rows[i].host, "sparta") == 0 ? 210 : 208);
    }
  const GpoFieldFact *subject = facts->fields->pdata[8];
  ck_assert_str_eq (subject->text, "Grüße aus Athen");
  ck_assert (subject->encoded && !subject->folded);
  ck_assert (((GpoFieldFact *) facts->fields->pdata[1])->folded);
}
END_TEST

START_TEST (an_earlier_transfer_has_less_on_top)
{
  g_autoptr (GpoLetterFacts) facts = facts_of (1, gpo_log_length (log_), 0);
  ck_assert_uint_eq (facts->fields->len, 10);
  ck_assert_uint_eq (((GpoFieldFact *) facts->fields->pdata[9])->event, 51);
  g_autoptr (GpoLetterFacts) early = facts_of (1, 51, GPO_TRANSFER_NEWEST);
  ck_assert_uint_eq (early->fields->len, 7); /* nobody has added anything yet */
  g_autoptr (GpoLetterFacts) before = facts_of (1, 48, GPO_TRANSFER_NEWEST);
  ck_assert_uint_eq (before->fields->len, 0);
  ck_assert_int_eq (before->transfer, -1);
}
END_TEST

START_TEST (part_says_its_encoding_and_its_sizes)
{
  g_autoptr (GpoLetterFacts) facts = facts_of (1, gpo_log_length (log_), GPO_TRANSFER_NEWEST);
  ck_assert_uint_eq (facts->parts->len, 1);
  const GpoPartFact *part = facts->parts->pdata[0];
  ck_assert_int_eq (part->form.declared, GPO_FORM_QUOTED_PRINTABLE);
  ck_assert_int_eq (part->form.found, GPO_FORM_7BIT);
  ck_assert_str_eq (part->charset, "utf-8");
  ck_assert_uint_gt (part->form.escapes, 0);
  ck_assert_int_eq (part->size - part->decoded, (gint64) (2 * part->form.escapes + 3 * part->form.soft));
}
END_TEST

START_TEST (envelope_and_header_disagree)
{
  static const struct
  {
    guint32 letter;
    gint transfer;
    GpoDiffers what;
    const char *path;
  } rows[] = {
    { 1, 0, GPO_DIFFERS_BLIND, "carol@sparta.example" },
    { 1, 2, GPO_DIFFERS_BLIND, "carol@sparta.example" },
    { 2, 0, GPO_DIFFERS_SENDER, "mallory@far.example" },
    { 4, 1, GPO_DIFFERS_NULL, "" },
  };
  g_autoptr (GpoLetterFacts) facts = facts_of (rows[_i].letter, gpo_log_length (log_), rows[_i].transfer);
  gboolean found = FALSE;
  for (guint i = 0; i < facts->differences->len; i++)
    {
      const GpoDifference *difference = facts->differences->pdata[i];
      found |= difference->what == rows[_i].what && strcmp (difference->path, rows[_i].path) == 0;
    }
  ck_assert_msg (found, "letter %u does not say so", rows[_i].letter);
}
END_TEST

/* RCPT at a gate that holds its answer, and what becomes of it. n: event 4 is the edge. */
static const char at_the_gate[]
    = "{\"glasspost-trace\":1}\n"
      "{\"n\":0,\"t\":0,\"kind\":\"connect\",\"host\":\"sparta\",\"protocol\":\"smtp\",\"session\":1,\"role\":\"smtp\","
      "\"side\":\"server\"}\n"
      "{\"n\":1,\"t\":1,\"kind\":\"line\",\"host\":\"sparta\",\"protocol\":\"smtp\",\"session\":1,\"from\":\"client\","
      "\"verb\":\"MAIL\",\"text\":\"MAIL FROM:<a@b.example>\\r\\n\"}\n"
      "{\"n\":2,\"t\":2,\"kind\":\"edge\",\"host\":\"sparta\",\"protocol\":\"smtp\",\"session\":1,\"letter\":1,\"sender\":"
      "\"a@b.example\",\"machine\":\"smtp-server\",\"from\":\"ready\",\"verb\":\"MAIL\",\"verdict\":\"ok\",\"to\":\"mail\","
      "\"code\":250,\"reply\":\"250 2.1.0 sender noted\",\"cause\":1}\n"
      "{\"n\":3,\"t\":3,\"kind\":\"line\",\"host\":\"sparta\",\"protocol\":\"smtp\",\"session\":1,\"letter\":1,\"from\":"
      "\"client\",\"verb\":\"RCPT\",\"text\":\"RCPT TO:<bob@sparta.example>\\r\\n\"}\n"
      "{\"n\":4,\"t\":4,\"kind\":\"edge\",\"host\":\"sparta\",\"protocol\":\"smtp\",\"session\":1,\"letter\":1,\"machine\":"
      "\"smtp-server\",\"from\":\"mail\",\"verb\":\"RCPT\",\"verdict\":\"ok\",\"to\":\"rcpt\",\"code\":250,\"reply\":\"250 "
      "2.1.5 recipient noted\",\"cause\":3}\n"
      "{\"n\":5,\"t\":5,\"kind\":\"hold\",\"host\":\"sparta\",\"protocol\":\"smtp\",\"session\":1,\"letter\":1,\"action\":"
      "\"hold\",\"from\":\"server\",\"text\":\"250 2.1.5 recipient noted\",\"cause\":3}\n"
      "{\"n\":6,\"t\":6,\"kind\":\"hold\",\"host\":\"sparta\",\"protocol\":\"smtp\",\"session\":1,\"letter\":1,\"action\":"
      "\"release\",\"from\":\"server\",\"cause\":3}\n"
      "{\"n\":7,\"t\":7,\"kind\":\"hold\",\"host\":\"sparta\",\"protocol\":\"smtp\",\"session\":1,\"letter\":1,\"action\":"
      "\"edit\",\"was\":\"250 2.1.5 recipient noted\",\"text\":\"451 4.3.0 later\"}\n"
      "{\"n\":8,\"t\":8,\"kind\":\"fault\",\"host\":\"sparta\",\"protocol\":\"smtp\",\"session\":1,\"letter\":1,\"name\":"
      "\"f\",\"action\":\"reply 550 5.1.1 no\",\"cause\":3}\n"
      "{\"n\":9,\"t\":9,\"kind\":\"hold\",\"host\":\"sparta\",\"protocol\":\"smtp\",\"session\":1,\"letter\":1,\"action\":"
      "\"drop\",\"from\":\"server\",\"cause\":3}\n";

START_TEST (envelope_has_the_answer_that_the_client_heard)
{
  static const struct
  {
    guint64 until;
    gboolean held;
    gint64 code;
    const char *reply, *was;
  } rows[] = {
    { 4, FALSE, 250, "250 2.1.5 recipient noted", NULL }, { 5, TRUE, 250, "250 2.1.5 recipient noted", NULL },
    { 6, FALSE, 250, "250 2.1.5 recipient noted", NULL }, { 7, FALSE, 451, "451 4.3.0 later", "250 2.1.5 recipient noted" },
    { 8, FALSE, 550, "550 5.1.1 no", "451 4.3.0 later" }, { 9, FALSE, 0, NULL, "550 5.1.1 no" },
  };
  GpoLog *log = gpo_log_new ();
  g_autoptr (GpoTraceReader) reader = gpo_trace_reader_new (log, "test");
  ck_assert (gpo_trace_reader_feed (reader, at_the_gate, sizeof at_the_gate - 1, NULL));
  ck_assert (gpo_trace_reader_end (reader, NULL));
  ck_assert_uint_eq (gpo_trace_reader_n_problems (reader), 0);
  GpoPicture *gate = gpo_picture_new (log);
  gpo_picture_update (gate, 0);
  GpoLetterFacts *facts
      = gpo_letter_facts_new_at (gate, gpo_picture_letter_numbered (gate, 1), rows[_i].until, GPO_TRANSFER_NEWEST, 0);
  const GpoHop *hop = facts->hops->pdata[0];
  const GpoSaid *mail = hop->said->pdata[0], *rcpt = hop->said->pdata[1];
  ck_assert_str_eq (mail->reply, "250 2.1.0 sender noted");
  ck_assert_ptr_null (mail->was);
  ck_assert_str_eq (rcpt->path, "bob@sparta.example"); /* the edge does not name it: the line does */
  ck_assert_int_eq (rcpt->held, rows[_i].held);
  ck_assert_int_eq (rcpt->code, rows[_i].code);
  ck_assert_pstr_eq (rcpt->reply, rows[_i].reply);
  ck_assert_pstr_eq (rcpt->was, rows[_i].was);
  gpo_letter_facts_free (facts);
  gpo_picture_free (gate);
  gpo_log_free (log);
}
END_TEST

START_TEST (chain_begins_with_the_lowest_received_field)
{
  static const char *const hops[][3] = { { "alice-laptop", "athens.example", "ESMTPA" },
                                         { "athens.example", "gateway.example", "ESMTPS" },
                                         { "gateway.example", "sparta.example", "ESMTPS" } };
  g_autoptr (GpoLetterFacts) facts = facts_of (1, gpo_log_length (log_), GPO_TRANSFER_NEWEST);
  g_autoptr (GPtrArray) chain = gpo_letter_chain_new (facts);
  ck_assert_uint_eq (chain->len, G_N_ELEMENTS (hops));
  for (guint i = 0; i < chain->len; i++)
    {
      const GpoChainHop *hop = chain->pdata[i];
      ck_assert_str_eq (hop->stamp.from, hops[i][0]);
      ck_assert_str_eq (hop->stamp.by, hops[i][1]);
      ck_assert_str_eq (hop->stamp.with, hops[i][2]);
      ck_assert_str_eq (hop->stamp.from_info, "[127.0.0.1]");
      ck_assert (hop->stamp.dated && !hop->broken);
      ck_assert_int_eq (hop->timed, i > 0);
      ck_assert_int_eq (hop->delay, 0);
    }
}
END_TEST

/* --- differences of texts --- */

static void
check_diff (const char *old, gsize old_length, const char *new, gsize new_length)
{
  g_autoptr (GArray) diff = gpo_letter_diff_new (old, old_length, new, new_length);
  gsize at_old = 0, at_new = 0;
  for (guint i = 0; i < diff->len; i++)
    {
      const GpoDiffRun *run = &g_array_index (diff, GpoDiffRun, i);
      if (run->kind != GPO_DIFF_ADDED)
        {
          ck_assert_uint_eq (run->old.start, at_old);
          at_old += run->old.length;
        }
      if (run->kind != GPO_DIFF_REMOVED)
        {
          ck_assert_uint_eq (run->new.start, at_new);
          at_new += run->new.length;
        }
      if (run->kind == GPO_DIFF_SAME)
        {
          ck_assert_uint_eq (run->old.length, run->new.length);
          ck_assert_int_eq (memcmp (old + run->old.start, new + run->new.start, run->old.length), 0);
        }
      ck_assert (i == 0 || run->kind != g_array_index (diff, GpoDiffRun, i - 1).kind);
    }
  ck_assert_uint_eq (at_old, old_length);
  ck_assert_uint_eq (at_new, new_length);
  ck_assert_int_eq (gpo_letter_diff_is_empty (diff), old_length == new_length && memcmp (old, new, old_length) == 0);
}

START_TEST (runs_are_both_texts)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed ((guint32) _i);
  static const char *const lines[] = { "a\r\n", "b\r\n", "b\n", "\r\n", "c" };
  g_autoptr (GString) old = g_string_new (NULL), new = g_string_new (NULL);
  GString *texts[2] = { old, new };
  for (int t = 0; t < 2; t++)
    for (int i = g_rand_int_range (rand, 0, 12); i > 0; i--)
      g_string_append (texts[t], lines[g_rand_int_range (rand, 0, G_N_ELEMENTS (lines))]);
  check_diff (texts[0]->str, texts[0]->len, texts[1]->str, texts[1]->len);
  check_diff (texts[0]->str, texts[0]->len, texts[0]->str, texts[0]->len);
}
END_TEST

START_TEST (fields_on_top_are_added_lines_and_nothing_else)
{
  g_autoptr (GpoLetterFacts) before = facts_of (1, gpo_log_length (log_), 1);
  g_autoptr (GpoLetterFacts) after = facts_of (1, gpo_log_length (log_), 2);
  gsize n, m;
  const char *old = gpo_letter_facts_stored (before, &n), *new = gpo_letter_facts_stored (after, &m);
  g_autoptr (GArray) diff = gpo_letter_diff_new (old, n, new, m);
  ck_assert_uint_eq (diff->len, 2);
  ck_assert_int_eq (g_array_index (diff, GpoDiffRun, 0).kind, GPO_DIFF_ADDED);
  ck_assert_uint_eq (g_array_index (diff, GpoDiffRun, 0).new.length, after->bytes->added);
}
END_TEST

START_TEST (diff_is_printed_as_diff_does)
{
  static const struct
  {
    const char *old, *new, *text;
  } rows[] = {
    { "a\nb\n", "x\na\nb\n", "@@ -1,1 +1,2 @@\n+x\n a\n" },
    { "a\nb\nc\nd\n", "a\nb\nD\nd\n", "@@ -2,3 +2,3 @@\n b\n-c\n+D\n d\n" },
    { "a\nb", "a\n", "@@ -1,2 +1,1 @@\n a\n-b\n\\ No newline at end of file\n" },
    { "a\n", "a\n", "" },
    { "1\na\nb\nc\n2\n", "x\na\nb\nc\ny\n", "@@ -1,2 +1,2 @@\n-1\n+x\n a\n@@ -4,2 +4,2 @@\n c\n-2\n+y\n" },
    { "", "x\n", "@@ -0,0 +1,1 @@\n+x\n" },
  };
  const char *old = rows[_i].old, *new = rows[_i].new;
  g_autoptr (GArray) diff = gpo_letter_diff_new (old, strlen (old), new, strlen (new));
  g_autoptr (GString) out = g_string_new (NULL);
  gpo_letter_diff_print (out, diff, old, new, 1);
  ck_assert_str_eq (out->str, rows[_i].text);
}
END_TEST

/* The first that a trace says of a letter, and whether it was there before. */
static const struct
{
  const char *line;
  gboolean older;
  const char *place;
} firsts[] = {
  { "\"kind\":\"line\",\"protocol\":\"imap\",\"session\":1,\"from\":\"server\",\"text\":\"* 1 FETCH (FLAGS ())\\r\\n\"",
    TRUE, "mailbox" },
  { "\"kind\":\"mailbox\",\"action\":\"flags\",\"mailbox\":\"bob/INBOX\",\"uid\":1", TRUE, "mailbox" },
  { "\"kind\":\"queue\",\"state\":\"queued\",\"sender\":\"a@b.example\"", TRUE, "queued" },
  { "\"kind\":\"mailbox\",\"action\":\"deliver\",\"mailbox\":\"bob/INBOX\"", FALSE, "mailbox" },
  { "\"kind\":\"edge\",\"protocol\":\"imap\",\"session\":1,\"verb\":\"APPEND\"", FALSE, "session" },
  { "\"kind\":\"envelope\",\"protocol\":\"smtp\",\"session\":1,\"action\":\"from\",\"sender\":\"a@b.example\"", FALSE,
    "session" },
};

START_TEST (letter_of_an_earlier_run_is_known_as_such)
{
  log_ = gpo_log_new ();
  g_autoptr (GpoTraceReader) reader = gpo_trace_reader_new (log_, "test");
  g_autofree char *text = g_strdup_printf (
      "{\"glasspost-trace\":1}\n{\"n\":0,\"t\":1,\"host\":\"sparta\",\"letter\":7,%s}\n", firsts[_i].line);
  ck_assert (gpo_trace_reader_feed (reader, text, strlen (text), NULL));
  picture = gpo_picture_new (log_);
  gpo_picture_update (picture, 0);
  g_autoptr (GpoLetterFacts) facts = gpo_letter_facts_new (picture, gpo_picture_letter_numbered (picture, 7), 0);
  ck_assert_int_eq (facts->older, firsts[_i].older);
  ck_assert_str_eq (facts->place, firsts[_i].place);
  teardown ();
}
END_TEST

/* An answer's piece of letter 7, in session `session`. */
static void
say_piece (guint32 session, GpoProtocol protocol, gint64 offset, const char *text, gsize length)
{
  GpoEventBuilder b;
  gpo_event_begin (&b, GPO_KIND_DATA);
  b.event.host = gpo_symbol ("sparta");
  b.event.protocol = (guint8) protocol;
  b.event.session = session;
  b.event.letter = 7;
  gpo_event_add_text (&b, GPO_FIELD_FROM, "server", -1);
  gpo_event_add_number (&b, GPO_FIELD_OFFSET, offset);
  gpo_event_add_number (&b, GPO_FIELD_LENGTH, (gint64) length);
  gpo_event_add_text (&b, GPO_FIELD_TEXT, text, (gssize) length);
  gpo_log_append (log_, &b);
}

/* The header alone is fetched, then the middle, then all of it in two pieces. */
START_TEST (letter_of_an_earlier_run_is_what_a_reader_fetches)
{
  static const char letter[] = "Subject: Olives\r\nTo: Bob <bob@sparta.example>\r\n\r\n.They are\r\nripe.\r\n";
  gsize header = (gsize) (strstr (letter, "\r\n\r\n") + 4 - letter), all = strlen (letter), half = all - 9, length;
  log_ = gpo_log_new ();
  say_piece (1, GPO_PROTOCOL_IMAP, 0, letter, header);
  say_piece (1, GPO_PROTOCOL_IMAP, (gint64) header + 3, letter + header + 3, 4);
  say_piece (2, GPO_PROTOCOL_POP3, 0, letter, half);
  say_piece (2, GPO_PROTOCOL_POP3, (gint64) half, letter + half, all - half);
  picture = gpo_picture_new (log_);
  gpo_picture_update (picture, 0);
  const gsize known[] = { header, header, header, all };
  for (guint n = 0; n < 4; n++)
    {
      g_autoptr (GpoLetterFacts) facts = facts_of (7, n, GPO_TRANSFER_NEWEST);
      gsize least = n == 2 ? half : known[n];
      const char *stored = gpo_letter_facts_stored (facts, &length);
      ck_assert (facts->older && facts->transfers->len == 1);
      ck_assert_uint_eq (length, MAX (least, known[n]));
      ck_assert_mem_eq (stored, letter, length);
      ck_assert_str_eq (gpo_letter_facts_field (facts, "Subject"), "Olives");
      ck_assert_int_eq (facts->size, (gint64) length);
    }
  g_autoptr (GpoLetterFacts) facts = facts_of (7, 3, GPO_TRANSFER_NEWEST);
  ck_assert_str_eq (facts->body, ".They are\r\nripe.\r\n");
  g_autofree char *words = gpo_transfer_words (gpo_letter_facts_transfer (facts));
  ck_assert_str_eq (words, "sparta → a mail program");
  teardown ();
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("letter-facts");
  TCase *recorded = tcase_create ("recorded"), *texts = tcase_create ("texts");
  tcase_add_checked_fixture (recorded, setup, teardown);
  tcase_add_test (recorded, every_field_is_where_its_span_says);
  tcase_add_test (recorded, each_host_is_named_for_what_it_added);
  tcase_add_test (recorded, an_earlier_transfer_has_less_on_top);
  tcase_add_test (recorded, part_says_its_encoding_and_its_sizes);
  tcase_add_loop_test (recorded, envelope_and_header_disagree, 0, 4);
  tcase_add_loop_test (recorded, envelope_has_the_answer_that_the_client_heard, 0, 6);
  tcase_add_test (recorded, chain_begins_with_the_lowest_received_field);
  tcase_add_test (recorded, fields_on_top_are_added_lines_and_nothing_else);
  suite_add_tcase (s, recorded);
  tcase_add_loop_test (texts, letter_of_an_earlier_run_is_known_as_such, 0, G_N_ELEMENTS (firsts));
  tcase_add_test (texts, letter_of_an_earlier_run_is_what_a_reader_fetches);
  tcase_add_loop_test (texts, runs_are_both_texts, 0, 300);
  tcase_add_loop_test (texts, diff_is_printed_as_diff_does, 0, 6);
  suite_add_tcase (s, texts);
  return s;
}

#include "check-main.h"
