/* SPDX-License-Identifier: MIT */
/* test-compare.c: aligning sequences, and comparing traces by meaning. */
#include "replay/compare.h"
#include "trace/trace-read.h"
#include <check.h>
#include <string.h>

/* --- alignment: letters to letters; a capital goes with its small one at cost 1 --- */

static const struct
{
  const char *a, *b, *pairs; /* "xX": together, "x-" and "-x": alone */
} sequences[] = {
  { "", "", "" },
  { "abc", "abc", "aa bb cc" },
  { "abc", "ac", "aa b- cc" },
  { "ac", "abc", "aa -b cc" },
  { "abc", "aBc", "aa bB cc" },
  { "abc", "xyz", "a- b- c- -x -y -z" },
  { "", "ab", "-a -b" },
  { "aXbYc", "abc", "aa X- bb Y- cc" },
};

static guint
letter_cost (guint i, guint j, gpointer data)
{
  const char *const *texts = data;
  char a = texts[0][i], b = texts[1][j];
  return a == b ? 0 : g_ascii_tolower (a) == g_ascii_tolower (b) ? 1 : 2;
}

START_TEST (sequences_are_aligned_at_least_cost)
{
  const char *texts[] = { sequences[_i].a, sequences[_i].b };
  g_autoptr (GArray) pairs = gpo_align ((guint) strlen (texts[0]), (guint) strlen (texts[1]), letter_cost, texts);
  g_autoptr (GString) out = g_string_new (NULL);
  for (guint p = 0; p + 1 < pairs->len; p += 2)
    {
      int i = g_array_index (pairs, int, p), j = g_array_index (pairs, int, p + 1);
      g_string_append_printf (out, "%s%c%c", p ? " " : "", i < 0 ? '-' : texts[0][i], j < 0 ? '-' : texts[1][j]);
    }
  ck_assert_str_eq (out->str, sequences[_i].pairs);
}
END_TEST

/* Each item of both sides comes once and in order, also where the table is too large to be made whole. */
START_TEST (long_sequences_are_aligned_whole)
{
  g_autoptr (GString) a = g_string_new (NULL), b = g_string_new (NULL);
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);
  for (guint i = 0; i < 5000; i++)
    {
      g_string_append_c (a, (char) g_rand_int_range (rand, 'a', 'f'));
      g_string_append_c (b, (char) g_rand_int_range (rand, 'a', 'f'));
    }
  const char *texts[] = { a->str, b->str };
  g_autoptr (GArray) pairs = gpo_align (5000, 5000, letter_cost, texts);
  int i = 0, j = 0;
  for (guint p = 0; p + 1 < pairs->len; p += 2)
    {
      int x = g_array_index (pairs, int, p), y = g_array_index (pairs, int, p + 1);
      ck_assert (x >= 0 || y >= 0);
      ck_assert (x < 0 || x == i++);
      ck_assert (y < 0 || y == j++);
    }
  ck_assert_int_eq (i, 5000);
  ck_assert_int_eq (j, 5000);
}
END_TEST

/* --- traces --- */

typedef struct
{
  GpoLog *log;
  GpoPicture *picture;
} Trace;

/* A case of the conformance traces, with one text replaced wherever it stands. */
static Trace
load (const char *name, const char *old, const char *new)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (g_getenv ("GPO_SOURCE_ROOT"), "traces", "conformance", name, NULL), *text = NULL;
  ck_assert_msg (g_file_get_contents (path, &text, NULL, &error), "%s", error ? error->message : "");
  g_autoptr (GString) changed = g_string_new (text);
  if (old)
    ck_assert_uint_gt (g_string_replace (changed, old, new, 0), 0);
  Trace trace = { gpo_log_new (), NULL };
  g_autoptr (GpoTraceReader) reader = gpo_trace_reader_new (trace.log, name);
  ck_assert (gpo_trace_reader_feed (reader, changed->str, changed->len, &error));
  ck_assert (gpo_trace_reader_end (reader, &error));
  trace.picture = gpo_picture_new (trace.log);
  gpo_picture_update (trace.picture, 0);
  return trace;
}

static void
unload (Trace *trace)
{
  gpo_picture_free (trace->picture);
  gpo_log_free (trace->log);
}

static const struct
{
  const char *name, *trace, *old, *new;
  guint sessions; /* that differ */
  const char *summary;
} changes[] = {
  { "nothing", "smtp/one-letter.trace", NULL, NULL, 0, "the same" },
  { "other_time", "smtp/one-letter.trace", "\"t\":1", "\"t\":2", 0, "the same" },
  { "other_words", "smtp/one-letter.trace", "recipient noted", "Ok", 0, "the same" },
  { "other_recipient", "smtp/one-letter.trace", "RCPT TO:<bob@", "RCPT TO:<carol@", 1, "same transaction, RCPT differs" },
  { "refused", "smtp/one-letter.trace", "\"250 2.1.5 recipient noted", "\"550 5.1.1 no such person", 1,
    "same transaction, RCPT differs" },
  { "other_code_of_the_class", "smtp/one-recipient-refused.trace", "\"550 5.1.1", "\"554 5.7.1", 0,
    "the same, with remarks" },
  { "other_name", "smtp/helo.trace", "HELO client.example", "HELO other.example", 0, "the same, with remarks" },
  { "other_letter", "smtp/one-letter.trace", "Hello.", "Goodbye.", 0, "the same, with remarks" },
  { "one_line_more", "smtp/noop.trace", "\"text\":\"NOOP\\r\\n\"", "\"text\":\"RSET\\r\\n\"", 1,
    "same transaction, NOOP only in A, RSET only in B" },
  { "other_tag", "imap/noop.trace", "\"c NOOP", "\"x77 NOOP", 0, "the same" },
  { "no_for_ok", "imap/select.trace", "\"s OK", "\"s NO", 1, "same conversation, SELECT differs" },
  { "an_untagged_kind_less", "imap/select.trace", "* FLAGS", "* XFLAGS", 1, "same conversation, SELECT differs" },
  { "pop3_refused", "pop3/stat.trace", "\"STAT\",\"text\":\"+OK", "\"STAT\",\"text\":\"-ERR", 1,
    "same conversation, STAT differs" },
};

START_TEST (change_is_named)
{
  Trace a = load (changes[_i].trace, NULL, NULL), b = load (changes[_i].trace, changes[_i].old, changes[_i].new);
  g_autoptr (GpoComparison) comparison = gpo_compare (a.picture, b.picture);
  const GpoSessionPair *session = comparison->sessions->pdata[0];
  ck_assert_msg (comparison->n_differences == changes[_i].sessions, "%s: %u: %s", changes[_i].name,
                 comparison->n_differences, session->summary);
  ck_assert_uint_eq (comparison->sessions->len, 1);
  ck_assert_msg (strcmp (session->summary, changes[_i].summary) == 0, "%s: \"%s\"", changes[_i].name, session->summary);
  unload (&a);
  unload (&b);
}
END_TEST

START_TEST (sessions_are_matched_whatever_their_order)
{
  Trace a = load ("imap/two-sessions.trace", NULL, NULL),
        b = load ("imap/two-sessions.trace", "\"session\":1,", "\"session\":9,");
  g_autoptr (GpoComparison) comparison = gpo_compare (a.picture, b.picture);
  ck_assert_uint_eq (comparison->sessions->len, 2);
  ck_assert_uint_eq (comparison->n_differences, 0);
  unload (&a);
  unload (&b);
}
END_TEST

START_TEST (what_only_one_has_is_told)
{
  Trace a = load ("imap/two-sessions.trace", NULL, NULL), b = load ("smtp/noop.trace", NULL, NULL);
  g_autoptr (GpoComparison) there = gpo_compare (a.picture, b.picture), back = gpo_compare (b.picture, a.picture);
  ck_assert_uint_eq (there->sessions->len, 3);
  ck_assert_uint_eq (there->n_differences, 3);
  ck_assert_int_eq (((GpoSessionPair *) there->sessions->pdata[2])->kind, GPO_PAIR_ONLY_B);
  ck_assert_int_eq (((GpoSessionPair *) back->sessions->pdata[2])->kind, GPO_PAIR_ONLY_B);
  ck_assert_int_eq (((GpoSessionPair *) back->sessions->pdata[0])->kind, GPO_PAIR_ONLY_A);
  unload (&a);
  unload (&b);
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("compare");
  TCase *c = tcase_create ("align"), *t = tcase_create ("traces");
  tcase_add_loop_test (c, sequences_are_aligned_at_least_cost, 0, G_N_ELEMENTS (sequences));
  tcase_add_test (c, long_sequences_are_aligned_whole);
  suite_add_tcase (s, c);
  tcase_add_loop_test (t, change_is_named, 0, G_N_ELEMENTS (changes));
  tcase_add_test (t, sessions_are_matched_whatever_their_order);
  tcase_add_test (t, what_only_one_has_is_told);
  suite_add_tcase (s, t);
  return s;
}

#include "check-main.h"
