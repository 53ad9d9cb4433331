/* SPDX-License-Identifier: MIT */
/* test-json-line.c: any line gives an object or words that say why not; a member of another type is none. */
#include <check.h>
#include <string.h>
#include "trace/json-line.h"

static const struct
{
  const char *line;
  gsize length; /* 0: all of it */
  const char *problem;
} wrong[] = {
  { "", 0, "not a JSON object" },
  { "   ", 0, "not a JSON object" },
  { "[{}]", 0, "not a JSON object" },
  { "7", 0, "not a JSON object" },
  { "{\"n\":1", 0, "torn or was edited" },
  { "{\"n\":1}{\"n\":2}", 0, "behind its end" },
  { "{\"n\":[1]} x", 0, "behind its end" },
  { "{}}", 0, "behind its end" },
  { "{\"a\":\"\\\"}\"}]", 0, "behind its end" },
  { "{\"a\":\"\\u0000\"}", 0, "holds a NUL" },
  { "{\"a\":\"\0\"}", 9, "holds a NUL" },
};

START_TEST (what_is_no_object_is_said)
{
  const char *problem = NULL;
  gsize length = wrong[_i].length ? wrong[_i].length : strlen (wrong[_i].line);
  g_autoptr (JsonNode) node = gpo_json_line_parse (wrong[_i].line, length, &problem);
  ck_assert_ptr_null (node);
  ck_assert_msg (problem && strstr (problem, wrong[_i].problem), "%s", problem ? problem : "(nothing)");
}
END_TEST

START_TEST (nesting_without_end_is_refused)
{
  g_autoptr (GString) line = g_string_new ("{\"a\":");
  const char *problem = NULL;
  for (guint i = 0; i < 1000000; i++)
    g_string_append_c (line, '[');
  ck_assert_ptr_null (gpo_json_line_parse (line->str, line->len, &problem));
  ck_assert_ptr_nonnull (strstr (problem, "too deeply"));
}
END_TEST

START_TEST (members_are_of_their_type_or_not_there)
{
  static const char line[] = "{\"text\":\"caf\xc3\xa9\",\"quote\":\"}\\\"}{\",\"number\":-7,\"real\":1.5,\"yes\":true,"
                             "\"nothing\":null,\"list\":[],\"object\":{}} \r";
  static const char *const others[] = { "real", "yes", "nothing", "list", "object", "absent" };
  const char *problem;
  g_autoptr (JsonNode) node = gpo_json_line_parse (line, strlen (line), &problem);
  ck_assert_ptr_nonnull (node);
  JsonObject *object = json_node_get_object (node);
  ck_assert_str_eq (gpo_json_line_text (object, "text"), "caf\xc3\xa9");
  ck_assert_int_eq (gpo_json_line_number (object, "number", 3), -7);
  ck_assert_ptr_null (gpo_json_line_text (object, "number"));
  ck_assert_int_eq (gpo_json_line_number (object, "text", 3), 3);
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      ck_assert_ptr_null (gpo_json_line_text (object, others[i]));
      ck_assert_int_eq (gpo_json_line_number (object, others[i], 3), 3);
    }
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("json-line");
  TCase *tc = tcase_create ("json-line");
  tcase_add_loop_test (tc, what_is_no_object_is_said, 0, G_N_ELEMENTS (wrong));
  tcase_add_test (tc, nesting_without_end_is_refused);
  tcase_add_test (tc, members_are_of_their_type_or_not_there);
  suite_add_tcase (s, tc);
  return s;
}
#include "check-main.h"
