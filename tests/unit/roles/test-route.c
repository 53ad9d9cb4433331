/* SPDX-License-Identifier: MIT */
/* test-route.c: the real DNS, by a resolver that answers from a table: which hosts are tried, in which order, and
 * that nothing is asked or sent outside unless the scenario says so. */
#include "gateway-world.h"
#include "roles/route.h"

/* --- a resolver that knows a few domains --- */

typedef struct
{
  GResolver parent;
} StandIn;
typedef GResolverClass StandInClass;
GType stand_in_get_type (void);
G_DEFINE_TYPE (StandIn, stand_in, G_TYPE_RESOLVER)

static guint asked;

static const struct
{
  const char *domain, *records; /* "10 a.example|20 b.example"; "": none; "!": no answer */
} dns[] = {
  { "two.example", "20 second.example|10 first.example" },
  { "null.example", "0 ." },
  { "bare.example", "" },
  { "mute.example", "!" },
  { "loop.example", "10 athens.example|20 second.example" },
  { "behind.example", "5 first.example|10 athens.example|10 equal.example|20 second.example" },
};

static void
lookup_records_async (GResolver *resolver, const char *name, GResolverRecordType type, GCancellable *cancellable,
                      GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (resolver, cancellable, callback, data);
  ck_assert_int_eq (type, G_RESOLVER_RECORD_MX);
  g_task_set_task_data (task, g_strdup (name), g_free);
  asked++;
  g_task_return_boolean (task, TRUE);
}

static GList *
lookup_records_finish (GResolver *resolver, GAsyncResult *result, GError **error)
{
  GList *records = NULL;
  const char *name = g_task_get_task_data (G_TASK (result));
  const char *found = NULL;
  if (!g_task_propagate_boolean (G_TASK (result), error))
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (dns); i++)
    if (strcmp (dns[i].domain, name) == 0)
      found = dns[i].records;
  if (!found || !*found || *found == '!')
    {
      g_set_error (error, G_RESOLVER_ERROR,
                   found && *found ? G_RESOLVER_ERROR_TEMPORARY_FAILURE : G_RESOLVER_ERROR_NOT_FOUND, "no %s", name);
      return NULL;
    }
  g_auto (GStrv) lines = g_strsplit (found, "|", -1);
  for (char **line = lines; *line; line++)
    {
      char *end;
      guint16 preference = (guint16) g_ascii_strtoull (*line, &end, 10);
      records = g_list_append (records, g_variant_ref_sink (g_variant_new ("(qs)", preference, end + 1)));
    }
  return records;
}

static void
stand_in_class_init (StandInClass *class)
{
  class->lookup_records_async = lookup_records_async;
  class->lookup_records_finish = lookup_records_finish;
}

static void
stand_in_init (StandIn *self)
{
}

/* --- the cases --- */

static const struct
{
  const char *rule, *domain;
  gboolean real_dns, outside;
  const char *expected; /* names in order, or the status */
  guint asked;
} cases[] = {
  { "best_preference_first", "two.example", TRUE, TRUE, "first.example second.example", 1 },
  { "null_mx_takes_no_mail", "null.example", TRUE, TRUE, "5.1.10", 1 },
  { "without_mx_the_domain_itself", "bare.example", TRUE, TRUE, "bare.example", 1 },
  { "unknown_domain_is_tried_by_its_address", "unknown.example", TRUE, TRUE, "unknown.example", 1 },
  { "no_answer_is_for_later", "mute.example", TRUE, TRUE, "4.4.3", 1 },
  { "own_name_as_best_mx_is_a_loop", "loop.example", TRUE, TRUE, "5.4.6", 1 },
  { "own_name_hides_its_equals_and_worse", "behind.example", TRUE, TRUE, "first.example", 1 },
  { "nothing_goes_outside_unasked", "two.example", TRUE, FALSE, "5.4.4", 1 },
  { "nothing_is_asked_unless_the_scenario_says_so", "two.example", FALSE, TRUE, "5.1.2", 0 },
  { "zone_comes_before_the_dns", "athens.example", TRUE, TRUE, "5.4.6", 0 },
};

typedef struct
{
  gboolean called;
  char *told;
} Answer;

static void
answered (GpoRoute *found, gpointer data)
{
  Answer *answer = data;
  GString *names = g_string_new (NULL);
  for (guint i = 0; i < found->exchanges->len; i++)
    {
      const GpoExchange *exchange = found->exchanges->pdata[i];
      g_string_append_printf (names, "%s%s", i ? " " : "", exchange->name);
      ck_assert_uint_eq (exchange->port, 25);
    }
  answer->called = TRUE;
  answer->told = found->result == GPO_ROUTE_FOUND ? g_string_free (names, FALSE) : g_strdup (found->status);
  if (found->result != GPO_ROUTE_FOUND)
    g_string_free (names, TRUE);
  gpo_route_free (found);
}

START_TEST (real_dns_is_followed)
{
  g_autoptr (GResolver) stand_in = g_object_new (stand_in_get_type (), NULL);
  g_resolver_set_default (stand_in);
  Answer answer = { FALSE, NULL };
  athens->real_dns = cases[_i].real_dns;
  office.world->outside = cases[_i].outside;
  gpo_route_find (post, cases[_i].domain, 1, NULL, answered, &answer);
  wait_for (answer.called);
  ck_assert_msg (strcmp (answer.told, cases[_i].expected) == 0, "%s: %s", cases[_i].rule, answer.told);
  ck_assert_uint_eq (asked, cases[_i].asked);
  g_free (answer.told);
}
END_TEST

START_TEST (answer_is_in_the_trace)
{
  g_autoptr (GResolver) stand_in = g_object_new (stand_in_get_type (), NULL);
  g_resolver_set_default (stand_in);
  Answer answer = { FALSE, NULL };
  const char *told = NULL;
  athens->real_dns = office.world->outside = TRUE;
  gpo_route_find (post, "two.example", 7, NULL, answered, &answer);
  wait_for (answer.called);
  for (guint64 n = gpo_log_first (office.log); n < gpo_log_length (office.log); n++)
    {
      const GpoEvent *event = gpo_log_get (office.log, n);
      if (event->kind == GPO_KIND_LOOKUP && event->letter == 7)
        told = gpo_event_text (event, GPO_FIELD_ANSWER, NULL) ? gpo_event_text (event, GPO_FIELD_ANSWER, NULL) : told;
    }
  ck_assert_pstr_eq (told, "20 second.example, 10 first.example");
  g_free (answer.told);
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("route");
  TCase *tc = tcase_create ("dns");
  tcase_add_checked_fixture (tc, set_up, tear_down);
  tcase_set_timeout (tc, 30);
  tcase_add_loop_test (tc, real_dns_is_followed, 0, G_N_ELEMENTS (cases));
  tcase_add_test (tc, answer_is_in_the_trace);
  suite_add_tcase (s, tc);
  return s;
}

#include "check-main.h"
