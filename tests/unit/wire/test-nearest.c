/* SPDX-License-Identifier: MIT */
/* test-nearest.c: a word typed wrong finds the one that was meant, and only then. */
#include "wire/nearest.h"
#include <check.h>

static const char *const words[] = { "serve", "send", "show", "queue", "machine", NULL };

static const struct
{
  const char *typed, *meant;
} rows[] = {
  { "serve", "serve" }, { "sevre", "serve" },
  { "SHOW", "show" },   { "mashine", "machine" },
  { "queu", "queue" },  { "sned", "send" },
  { "xyzzy", NULL },    { "", NULL },
  { "receive", NULL },  { "a-very-long-word-that-nobody-would-type-as-a-command", NULL },
};

START_TEST (finds_what_was_meant)
{
  ck_assert_pstr_eq (gpo_nearest_word (rows[_i].typed, words), rows[_i].meant);
}
END_TEST

START_TEST (no_words_no_answer)
{
  const char *const none[] = { NULL };
  ck_assert_ptr_null (gpo_nearest_word ("serve", none));
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("nearest");
  TCase *c = tcase_create ("words");
  tcase_add_loop_test (c, finds_what_was_meant, 0, G_N_ELEMENTS (rows));
  tcase_add_test (c, no_words_no_answer);
  suite_add_tcase (s, c);
  return s;
}

#include "check-main.h"
