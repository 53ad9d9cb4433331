/* SPDX-License-Identifier: MIT */
/* test-imap-grammar.c: the clauses of IMAP's grammar: what is read, what is refused, and what is said then. */
#include "protocol/imap.h"
#include "protocol/utf7.h"
#include <check.h>
#include <string.h>

static GpoImapParser
parser (const char *text)
{
  return (GpoImapParser){ .text = text, .length = strlen (text) };
}

/* --- astring --- */

static const struct
{
  const char *text, *value; /* value NULL: refused */
} astrings[] = {
  { "INBOX", "INBOX" },
  { "a]b", "a]b" },
  { "\"with space\"", "with space" },
  { "\"q\\\"q\\\\\"", "q\"q\\" },
  { "\"\"", "" },
  { "{5}\r\nab cd", "ab cd" },
  { "{0}\r\n", "" },
  { "{3+}\r\na\"b", "a\"b" },
  { "\"open", NULL },
  { "\"a\\b\"", NULL },
  { "{5}\r\nab", NULL },
  { "{x}\r\n", NULL },
  { "{99999999999}\r\n", NULL },
  { "(", NULL },
  { "", NULL },
};

START_TEST (astring_is_read_or_refused)
{
  GpoImapParser p = parser (astrings[_i].text);
  g_autofree char *value = NULL;
  gboolean ok = gpo_imap_astring (&p, &value, "a name");
  ck_assert_int_eq (ok, astrings[_i].value != NULL);
  if (ok)
    ck_assert_str_eq (value, astrings[_i].value);
  else
    ck_assert_ptr_nonnull (p.expected);
}
END_TEST

/* --- sequence sets --- */

static const struct
{
  const char *text;
  guint32 star;
  const char *set; /* resolved; NULL: refused */
} sets[] = {
  { "1", 9, "1" },           { "1:3", 9, "1:3" },
  { "3:1", 9, "1:3" },       { "5:*", 9, "5:9" },
  { "*", 9, "9" },           { "*:4", 9, "4:9" },
  { "1,3,2", 9, "1:3" },     { "2:4,3:7", 9, "2:7" },
  { "12:*", 9, "9:12" },     { "4294967295", 9, "4294967295" },
  { "0", 9, NULL },          { "1,", 9, NULL },
  { "1:", 9, NULL },         { "a", 9, NULL },
  { "4294967296", 9, NULL },
};

START_TEST (sequence_set_is_read_or_refused)
{
  GpoImapParser p = parser (sets[_i].text);
  GpoImapSet set = { NULL };
  gboolean ok = gpo_imap_sequence_set (&p, &set);
  ck_assert_int_eq (ok, sets[_i].set != NULL);
  if (ok)
    {
      g_autoptr (GString) out = g_string_new (NULL);
      gpo_imap_set_resolve (&set, sets[_i].star);
      for (guint i = 0; i < set.ranges->len; i += 2)
        {
          guint32 a = g_array_index (set.ranges, guint32, i), b = g_array_index (set.ranges, guint32, i + 1);
          g_string_append_printf (out, a == b ? "%s%u" : "%s%u:%u", i ? "," : "", a, b);
          ck_assert (gpo_imap_set_has (&set, a) && gpo_imap_set_has (&set, b));
        }
      ck_assert_str_eq (out->str, sets[_i].set);
      ck_assert (!gpo_imap_set_has (&set, 0));
    }
  gpo_imap_set_clear (&set);
}
END_TEST

/* --- modified UTF-7 --- */

static const struct
{
  const char *utf7, *utf8; /* utf8 NULL: not well formed */
} names[] = {
  { "INBOX", "INBOX" },
  { "A&-B", "A&B" },
  { "Entw&APw-rfe", "Entw\303\274rfe" },
  { "~peter/mail/&U,BTFw-/&ZeVnLIqe-", "~peter/mail/\345\217\260\345\214\227/\346\227\245\346\234\254\350\252\236" },
  { "&2D3eCg-", "\360\237\230\212" },
  { "&U,BTF2XlZyyKng-", "\345\217\260\345\214\227\346\227\245\346\234\254\350\252\236" },
  { "&Jjo!", NULL },              /* RFC 3501 §5.1.3: no end */
  { "&U,BTFw-&ZeVnLIqe-", NULL }, /* superfluous shift */
  { "&AGE-", NULL },              /* "a" could be plain */
  { "&2D0-", NULL },              /* half a surrogate pair */
  { "&AAA-", NULL },              /* NUL */
  { "&A-", NULL },
  { "caf\303\251", NULL },
};

START_TEST (utf7_is_read_or_refused)
{
  g_autofree char *utf8 = gpo_utf7_decode (names[_i].utf7, strlen (names[_i].utf7));
  ck_assert_msg (g_strcmp0 (utf8, names[_i].utf8) == 0, "%s is %s", names[_i].utf7, utf8);
  if (!utf8)
    return;
  g_autofree char *back = gpo_utf7_encode (utf8);
  ck_assert_str_eq (back, names[_i].utf7);
}
END_TEST

/* --- FETCH --- */

static const struct
{
  const char *text;
  guint n;           /* items; 0: refused */
  const char *label; /* of the last, if it is a section */
} fetches[] = {
  { "FLAGS", 1, NULL },
  { "(UID FLAGS UID)", 2, NULL },
  { "ALL", 4, NULL },
  { "FULL", 5, NULL },
  { "BODY", 1, NULL },
  { "BODY[]", 1, "BODY[]" },
  { "body.peek[1.2.mime]", 1, "BODY[1.2.MIME]" },
  { "BODY[2.HEADER.FIELDS.NOT (Subject \"X Y\")]<0.10>", 1, "BODY[2.HEADER.FIELDS.NOT (Subject \"X Y\")]<0>" },
  { "(RFC822 RFC822.SIZE RFC822.TEXT)", 3, "RFC822.TEXT" },
  { "FLAGS (CHANGEDSINCE 12)", 2, NULL },
  { "BODY[MIME]", 0, NULL },
  { "BODY[0]", 0, NULL },
  { "BODY[1.]", 0, NULL },
  { "BODY[]<0.0>", 0, NULL },
  { "BODY[]<5>", 0, NULL },
  { "BODY[HEADER.FIELDS ()]", 0, NULL },
  { "()", 0, NULL },
  { "(FLAGS", 0, NULL },
  { "FLAGS UID", 0, NULL },
  { "ENVELOPES", 0, NULL },
};

START_TEST (fetch_arguments_are_read_or_refused)
{
  GpoImapParser p = parser (fetches[_i].text);
  GpoFetchArgs args;
  gboolean ok = gpo_imap_fetch_args (&p, FALSE, &args);
  ck_assert_msg (ok == (fetches[_i].n > 0), "%s: %s at %zu", fetches[_i].text, p.expected, p.where);
  if (ok)
    {
      ck_assert_uint_eq (args.items->len, fetches[_i].n);
      const GpoFetchItem *last = &g_array_index (args.items, GpoFetchItem, args.items->len - 1);
      ck_assert_msg (g_strcmp0 (last->label, fetches[_i].label) == 0, "%s", last->label);
    }
  gpo_imap_fetch_args_clear (&args);
}
END_TEST

/* --- SEARCH --- */

static const struct
{
  const char *text;
  gboolean ok;
} searches[] = {
  { "ALL", TRUE },
  { "UNSEEN FROM alice SINCE 1-Feb-1994", TRUE },
  { "OR (SEEN FLAGGED) NOT (2,4:7 UID 5:*)", TRUE },
  { "CHARSET UTF-8 TEXT {3}\r\nabc", TRUE },
  { "CHARSET ISO-8859-1 SUBJECT \"caf\351\"", TRUE },
  { "CHARSET NO-SUCH x", TRUE }, /* told apart by bad_charset */
  { "RETURN (MIN COUNT) MODSEQ \"/flags/\\\\Seen\" all 12", TRUE },
  { "HEADER X-Y \"\"", TRUE },
  { "YOUNGER 3600 LARGER 10", TRUE },
  { "", FALSE },
  { "FROM", FALSE },
  { "OR ALL", FALSE },
  { "(ALL", FALSE },
  { "SINCE 30-Feb-1994", FALSE },
  { "RETURN (WHAT) ALL", FALSE },
  { "ALL ", FALSE },
  { "SUBJECT \"\351\"", FALSE }, /* not UTF-8 */
};

START_TEST (search_arguments_are_read_or_refused)
{
  GpoImapParser p = parser (searches[_i].text);
  GpoSearchArgs args;
  gboolean ok = gpo_imap_search_args (&p, &args);
  ck_assert_msg (ok == searches[_i].ok, "%s: %s at %zu", searches[_i].text, p.expected, p.where);
  gpo_imap_search_args_clear (&args);
}
END_TEST

START_TEST (keys_within_keys_have_a_limit)
{
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint i = 0; i < 100; i++)
    g_string_append (text, "NOT ");
  g_string_append (text, "ALL");
  GpoImapParser p = parser (text->str);
  GpoSearchArgs args;
  ck_assert (!gpo_imap_search_args (&p, &args));
  ck_assert_str_eq (p.expected, "at most 64 keys within each other");
  gpo_imap_search_args_clear (&args);
}
END_TEST

/* --- the rest --- */

static const struct
{
  const char *text;
  gint64 seconds; /* G_MININT64: refused */
} dates[] = {
  { "\"17-Jul-1996 02:44:25 -0700\"", 837596665 },
  { "\" 1-Jan-1970 00:00:00 +0000\"", 0 },
  { "\"01-Jan-1970 01:00:00 +0100\"", 0 },
  { "\"31-Feb-1970 01:00:00 +0100\"", G_MININT64 },
  { "\"1-Jan-1970\"", G_MININT64 },
  { "\"01-Jan-1970 24:00:00 +0000\"", G_MININT64 },
};

START_TEST (date_time_is_read_or_refused)
{
  GpoImapParser p = parser (dates[_i].text);
  gint64 seconds = G_MININT64;
  ck_assert_int_eq (gpo_imap_date_time (&p, &seconds), dates[_i].seconds != G_MININT64);
  ck_assert_int_eq (seconds, dates[_i].seconds);
}
END_TEST

static const struct
{
  const char *line;
  gboolean found, sync;
  guint64 size;
} literals[] = {
  { "a LOGIN {5}", TRUE, TRUE, 5 },
  { "a LOGIN {5+}", TRUE, FALSE, 5 },
  { "{}", FALSE, FALSE, 0 },
  { "5}", FALSE, FALSE, 0 },
  { "{12345678901}", TRUE, TRUE, 12345678901 },
  { "{1x}", FALSE, FALSE, 0 },
  { "{5} ", FALSE, FALSE, 0 },
  { "", FALSE, FALSE, 0 },
};

START_TEST (literal_at_the_end_of_a_line)
{
  guint64 size = 0;
  gboolean sync = FALSE;
  ck_assert_int_eq (gpo_imap_literal_at_end (literals[_i].line, strlen (literals[_i].line), &size, &sync),
                    literals[_i].found);
  if (literals[_i].found)
    {
      ck_assert_uint_eq (size, literals[_i].size);
      ck_assert_int_eq (sync, literals[_i].sync);
    }
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("imap-grammar");
  TCase *c = tcase_create ("clauses");
  tcase_add_loop_test (c, astring_is_read_or_refused, 0, G_N_ELEMENTS (astrings));
  tcase_add_loop_test (c, sequence_set_is_read_or_refused, 0, G_N_ELEMENTS (sets));
  tcase_add_loop_test (c, utf7_is_read_or_refused, 0, G_N_ELEMENTS (names));
  tcase_add_loop_test (c, fetch_arguments_are_read_or_refused, 0, G_N_ELEMENTS (fetches));
  tcase_add_loop_test (c, search_arguments_are_read_or_refused, 0, G_N_ELEMENTS (searches));
  tcase_add_test (c, keys_within_keys_have_a_limit);
  tcase_add_loop_test (c, date_time_is_read_or_refused, 0, G_N_ELEMENTS (dates));
  tcase_add_loop_test (c, literal_at_the_end_of_a_line, 0, G_N_ELEMENTS (literals));
  suite_add_tcase (s, c);
  return s;
}

#include "check-main.h"
