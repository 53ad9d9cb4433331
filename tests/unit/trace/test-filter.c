/* SPDX-License-Identifier: MIT */
/* test-filter.c: the filter language: what passes, what is refused with which words, what may come. */
#include <check.h>
#include <string.h>
#include "trace/filter.h"

#define HEADER                                                                                                         \
  "Received: from a\r\n\tby b\r\nTo: Bob <bob@sparta.example>,\r\n Carol <carol@sparta.example>\r\n"                   \
  "Subject : The first letter\r\nX-Empty:\r\nReceived: from c\r\n"

/* 0: an edge; 1: a letter; 2: a line; 3: of a newer version */
static void
make_event (GpoEventBuilder *b, int which)
{
  static const GpoKind kinds[] = { GPO_KIND_EDGE, GPO_KIND_LETTER, GPO_KIND_LINE, GPO_KIND_UNKNOWN };
  gpo_event_begin (b, kinds[which]);
  b->event.time = 2500000;
  b->event.host = gpo_symbol ("athens");
  b->event.protocol = which == 3 ? GPO_PROTOCOL_NONE : GPO_PROTOCOL_SMTP;
  b->event.session = which == 1 ? 0 : 3;
  b->event.letter = which == 1 ? 9 : 0;
  if (which == 0)
    {
      gpo_event_add_symbol (b, GPO_FIELD_FROM, gpo_symbol ("mail"));
      gpo_event_add_symbol (b, GPO_FIELD_TO, gpo_symbol ("rcpt"));
      gpo_event_add_symbol (b, GPO_FIELD_VERB, gpo_symbol ("RCPT"));
      gpo_event_add_number (b, GPO_FIELD_CODE, 550);
      gpo_event_add_text (b, GPO_FIELD_STATUS, "5.1.1", -1);
      gpo_event_add_text (b, GPO_FIELD_RECIPIENT, "Bob@Sparta.example", -1);
      gpo_event_add_boolean (b, GPO_FIELD_AHEAD, TRUE);
      gpo_event_add_text (b, GPO_FIELD_SENDER, "", -1);
    }
  if (which == 1)
    {
      gpo_event_add_text (b, GPO_FIELD_HEADER, HEADER, -1);
      gpo_event_add_number (b, GPO_FIELD_SIZE, 2000);
      gpo_event_add_text (b, GPO_FIELD_FLAGS, "\\Seen", -1);
    }
  if (which == 2)
    gpo_event_add_text (b, GPO_FIELD_TEXT, "RCPT TO:<a\"b@sparta.example>\r\n", -1);
  if (which == 3)
    {
      gpo_event_add_text (b, GPO_FIELD_KIND, "parcel", -1);
      gpo_event_add_text (b, gpo_field_intern ("protocol"), "jmap", -1);
      gpo_event_add_text (b, gpo_field_intern ("weight"), "12", -1);
    }
}

static const struct {
  const char *filter;
  int which;
  gboolean passes;
} cases[] = {
  { "", 0, TRUE },
  { "   ", 0, TRUE },
  { "smtp", 0, TRUE },
  { "imap", 0, FALSE },
  { "edge", 0, TRUE },
  { "line", 0, FALSE },
  { "letter", 1, TRUE },
  { "letter", 0, FALSE },
  { "letter = 9", 1, TRUE },
  { "letter != 1", 0, FALSE }, /* it has no letter */
  { "smtp and verb = RCPT and code >= 500", 0, TRUE },
  { "smtp and verb = rcpt and code > 550", 0, FALSE },
  { "code = 550", 0, TRUE },
  { "code != 550", 0, FALSE },
  { "code != 250", 1, FALSE }, /* no code */
  { "not code = 250", 1, TRUE },
  { "code < 551 and code <= 550 and code>=550", 0, TRUE },
  { "class = 5", 0, TRUE },
  { "class = 5", 2, FALSE },
  { "class", 2, FALSE },
  { "code ~ 55", 0, TRUE },
  { "status = 5.1.1", 0, TRUE },
  { "status ~ /^5\\.1/", 0, TRUE },
  { "recipient = bob@sparta.example", 0, TRUE },
  { "recipient ~ SPARTA", 0, TRUE },
  { "recipient !~ athens", 0, TRUE },
  { "recipient ~ /sparta/", 0, FALSE },
  { "recipient ~ /sparta/i", 0, TRUE },
  { "recipient !~ /sparta/i", 0, FALSE },
  { "recipient", 0, TRUE },
  { "recipient", 2, FALSE },
  { "sender", 0, TRUE },
  { "sender = \"\"", 0, TRUE },
  { "sender != \"\"", 0, FALSE },
  { "ahead = true", 0, TRUE },
  { "ahead = no", 0, FALSE },
  { "host = ATHENS", 0, TRUE },
  { "host != sparta", 0, TRUE },
  { "session = 3", 0, TRUE },
  { "session", 1, FALSE },
  { "n = 77", 0, TRUE },
  { "n > 77", 0, FALSE },
  { "time = 2500000", 0, TRUE },
  { "time = 2.5s", 0, TRUE },
  { "time < 2500ms", 0, FALSE },
  { "time < 1min and time < 1h and time < 1d", 0, TRUE },
  { "size = 2k", 1, TRUE },
  { "size < 1M", 1, TRUE },
  { "kind = edge", 0, TRUE },
  { "kind != edge", 0, FALSE },
  { "kind ~ dge", 0, TRUE },
  { "protocol = smtp", 0, TRUE },
  { "imap or edge", 0, TRUE },
  { "imap or line or edge", 0, TRUE },
  { "line or edge and imap", 0, FALSE },
  { "(line or edge) and smtp", 0, TRUE },
  { "not (line or edge)", 0, FALSE },
  { "not not edge", 0, TRUE },
  { "NOT line AND Edge", 0, TRUE },
  { "header.To ~ \"bob@\"", 1, TRUE },
  { "header.to ~ \"carol@\"", 1, TRUE },
  { "header.To = \"Bob <bob@sparta.example>, Carol <carol@sparta.example>\"", 1, TRUE },
  { "header.Subject = \"the first letter\"", 1, TRUE },
  { "header.Bcc", 1, FALSE },
  { "header.X-Empty", 1, TRUE },
  { "header.X-Empty = \"\"", 1, TRUE },
  { "header.Received = \"from c\"", 1, TRUE },
  { "header.Received = \"from a\tby b\"", 1, TRUE },
  { "header.Received != \"from c\"", 1, FALSE },
  { "header.Received != \"from z\"", 1, TRUE },
  { "header.Received !~ from", 1, FALSE },
  { "header.To ~ bob", 0, FALSE },
  { "header.To !~ bob", 0, FALSE },
  { "flags = \"\\Seen\"", 1, TRUE },
  { "flags = \"\\\\Seen\"", 1, TRUE },
  { "text ~ \"\\r\\n\"", 2, TRUE },
  { "text ~ \"<A\\\"B@\"", 2, TRUE },
  { "text ~ \"\\x52CPT\"", 2, TRUE },
  { "text ~ /^RCPT TO:<.*>\\r\\n$/", 2, TRUE },
  { "kind = \"parcel\"", 3, TRUE },
  { "unknown", 3, TRUE },
  { "protocol = \"jmap\"", 3, TRUE },
  { "field.weight = 12", 3, TRUE },
  { "field.weight > 9", 3, TRUE },
  { "field.weight > 9", 2, FALSE },
  { "from = mail and to = rcpt", 0, TRUE },
  { "from=mail", 0, TRUE },
};

START_TEST (passes_or_not)
{
  g_autoptr (GError) error = NULL;
  GpoEventBuilder b;
  make_event (&b, cases[_i].which);
  g_autoptr (GpoFilter) filter = gpo_filter_parse (cases[_i].filter, NULL, &error);
  ck_assert_msg (filter != NULL, "%s: %s", cases[_i].filter, error ? error->message : "");
  ck_assert_str_eq (gpo_filter_text (filter), cases[_i].filter);
  ck_assert_msg (gpo_filter_match (filter, 77, gpo_event_peek (&b)) == cases[_i].passes, "%s", cases[_i].filter);
  gpo_event_clear (&b);
}
END_TEST

static const struct {
  const char *filter;
  gsize position;
  const char *words;
} refused[] = {
  { "smtp and", 8, "ends where a field" },
  { "smtp verb = RCPT", 5, "\"verb\" stands where \"and\", \"or\" or the end" },
  { "smtp and vreb = RCPT", 9, "did you mean \"verb\"" },
  { "smpt", 0, "did you mean \"smtp\"" },
  { "kind = egde", 7, "did you mean \"edge\"" },
  { "protocol = nntp", 11, "with its quotes" },
  { "code = abc", 7, "code is a number" },
  { "session = \"3\"", 10, "session is a number" },
  { "(smtp", 5, "\")\"" },
  { "smtp)", 4, "\")\" stands where" },
  { "verb =", 6, "a value" },
  { "= RCPT", 0, "\"=\" stands where a field" },
  { "text ~ \"abc", 7, "not closed" },
  { "text ~ /abc", 7, "not closed" },
  { "text ~ /(/", 7, "regular expression" },
  { "edge = 5", 0, "write kind = edge" },
  { "smtp = 5", 0, "write protocol = smtp" },
  { "hidden", 0, "is not a field" },
  { "a ! b", 0, "is not a field" },
  { "line ! b", 5, "stands where" },
  { "not", 3, "ends where" },
  { "h\xc3\xa9" "ader and", 0, "column 1: " },
};

START_TEST (refused_with_place_and_cure)
{
  gsize position = 999;
  g_autoptr (GError) error = NULL;
  g_autoptr (GpoFilter) filter = gpo_filter_parse (refused[_i].filter, &position, &error);
  ck_assert_ptr_null (filter);
  ck_assert_msg (position == refused[_i].position, "%s: at %zu: %s", refused[_i].filter, position, error->message);
  ck_assert_msg (strstr (error->message, refused[_i].words) != NULL, "%s", error->message);
}
END_TEST

START_TEST (endless_filters_are_refused)
{
  static const char *const parts[] = { "(", "not ", "smtp and ", "smtp or " };
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < 100000; i++)
    g_string_append (text, parts[_i]);
  g_string_append (text, "smtp");
  g_autoptr (GError) error = NULL;
  ck_assert_ptr_null (gpo_filter_parse (text->str, NULL, &error));
  ck_assert_msg (strstr (error->message, "too deeply") || strstr (error->message, "too long"), "%s", error->message);
  g_string_free (text, TRUE);
}
END_TEST

START_TEST (spilled_letters_are_searched_in_a_log)
{
  g_autoptr (GpoLog) log = gpo_log_new ();
  g_autoptr (GpoFilter) filter = gpo_filter_parse ("data and text ~ needle", NULL, NULL);
  g_autofree char *hay = g_strnfill (20000, 'x');
  memcpy (hay + 15000, "NEEDLE", 6);
  for (guint i = 0; i < 2; i++)
    {
      GpoEventBuilder b;
      gpo_event_begin (&b, GPO_KIND_DATA);
      gpo_log_append_data (log, &b, hay, i ? 15000 : 20000, FALSE);
    }
  ck_assert (gpo_filter_match_at (filter, log, 0));
  ck_assert (!gpo_filter_match_at (filter, log, 1));
  ck_assert (!gpo_filter_match_at (filter, log, 2));
  ck_assert (!gpo_filter_match (filter, 0, gpo_log_get (log, 0)));
}
END_TEST

static const struct {
  const char *text;
  gsize start;
  const char *first, *also, *never;
} completions[] = {
  { "", 0, "smtp", "verb", "=" },
  { "ve", 0, "verb", "verdict", "smtp" },
  { "smtp and ve", 9, "verb", "verdict", "and" },
  { "verb ", 5, "=", "!~", "smtp" },
  { "smtp ", 5, "and", ")", "=" },
  { "kind = e", 7, "edge", "envelope", "line" },
  { "verdict = ref", 10, "refused", "refused", "ok" },
  { "(not ", 5, "smtp", "(", "and" },
  { "verb = RCPT ", 12, "and", "or", "=" },
  { "verb = RCPT a", 12, "and", "and", "or" },
  { "header.S", 0, "header.Subject", "header.Subject", "header.To" },
  { "text ~ \"and ve", 7, NULL, NULL, "verb" },
};

START_TEST (completes_what_may_come)
{
  gsize start;
  g_autoptr (GPtrArray) list = gpo_filter_complete (completions[_i].text, strlen (completions[_i].text), &start);
  gboolean also = completions[_i].also == NULL;
  ck_assert_uint_eq (start, completions[_i].start);
  for (guint i = 0; i < list->len; i++)
    {
      GpoCompletion *c = list->pdata[i];
      also = also || strcmp (c->text, completions[_i].also) == 0;
      ck_assert_str_ne (c->text, completions[_i].never);
    }
  ck_assert (also);
  if (completions[_i].first)
    ck_assert_str_eq (((GpoCompletion *) list->pdata[0])->text, completions[_i].first);
  else
    ck_assert_uint_eq (list->len, 0);
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("filter");
  TCase *c = tcase_create ("filter");
  tcase_add_loop_test (c, passes_or_not, 0, G_N_ELEMENTS (cases));
  tcase_add_loop_test (c, refused_with_place_and_cure, 0, G_N_ELEMENTS (refused));
  tcase_add_loop_test (c, endless_filters_are_refused, 0, 4);
  tcase_add_test (c, spilled_letters_are_searched_in_a_log);
  tcase_add_loop_test (c, completes_what_may_come, 0, G_N_ELEMENTS (completions));
  suite_add_tcase (s, c);
  return s;
}
#include "check-main.h"
