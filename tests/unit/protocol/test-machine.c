/* SPDX-License-Identifier: MIT */
/* test-machine.c: what is true of every machine, proved for each row and each state × input cell of
 * all tables in gpo_machines[], each reported as a case of its own; and of the engine itself.
 *
 * The rules are functions that return what is wrong, so that small broken tables can show that each
 * rule is able to fail. */
#include "protocol/imap.h"
#include "protocol/machine.h"
#include <check.h>
#include <string.h>

/* --- a small door, and broken doors --- */

enum
{
  SHUT,
  OPEN,
  GONE,
  N_STATES
};
enum
{
  PUSH,
  PULL,
  BURN,
  N_INPUTS
};
static const char *const door_states[] = { "shut", "open", "gone" };
static const char *const door_inputs[] = { "PUSH", "PULL", "BURN" };

static const GpoEdge door_edges[] = {
  { SHUT, PUSH, GPO_OK, OPEN, "250 open", "design" },
  { OPEN, PULL, GPO_OK, SHUT, "250 shut", "design" },
  { SHUT, BURN, GPO_OK, GONE, NULL, "design" },
  { OPEN, PULL, GPO_REFUSED, GPO_SAME, "550 jammed", "design" },
  { GPO_ANY, PULL, GPO_REFUSED, GPO_SAME, "550 no", "design" },
  { SHUT, GPO_ANY, GPO_SEQUENCE, GPO_SAME, "503 shut", "design" },
  { GPO_ANY, GPO_ANY, GPO_SEQUENCE, GPO_SAME, "503 no", "design" },
};

#define MACHINE(edges_)                                                                                      \
  {                                                                                                          \
    .name = "smtp-server", .title = "A door", .states = door_states, .inputs = door_inputs,                  \
    .n_states = N_STATES, .n_inputs = N_INPUTS, .initial = SHUT, .final = GONE, .edges = edges_,             \
    .n_edges = G_N_ELEMENTS (edges_)                                                                         \
  }

static const GpoMachine door = MACHINE (door_edges);

/* --- the rules: NULL, or what is wrong --- */

static gboolean
in_range (const GpoMachine *m, const GpoEdge *e)
{
  return (e->from < m->n_states || e->from == GPO_ANY) && (e->input < m->n_inputs || e->input == GPO_ANY)
         && (e->to < m->n_states || e->to == GPO_SAME) && e->verdict < GPO_N_VERDICTS;
}

static const char *
rule_numbers_are_known (const GpoMachine *m, guint row)
{
  return in_range (m, &m->edges[row]) ? NULL : "a state, input or verdict that the machine does not have";
}

static const char *
rule_wildcards_only_refuse (const GpoMachine *m, guint row)
{
  const GpoEdge *e = &m->edges[row];
  gboolean wild = e->from == GPO_ANY || e->input == GPO_ANY;
  return wild && gpo_verdict_accepts (e->verdict) ? "a wildcard accepts" : NULL;
}

static const char *
rule_no_row_is_shadowed (const GpoMachine *m, guint row)
{
  for (guint8 s = 0; s < m->n_states; s++)
    for (guint8 i = 0; i < m->n_inputs; i++)
      if (gpo_machine_find (m, s, i, m->edges[row].verdict) == (int) row)
        return NULL;
  return "no cell ever takes this row: another one is always nearer";
}

/* The states one can come to from the initial one. */
static void
find_reachable (const GpoMachine *m, gboolean *reached)
{
  gboolean grew = TRUE;
  reached[m->initial] = TRUE;
  while (grew)
    {
      grew = FALSE;
      for (guint i = 0; i < m->n_edges; i++)
        {
          const GpoEdge *e = &m->edges[i];
          if (e->to == GPO_SAME || reached[e->to] || (e->from != GPO_ANY && !reached[e->from]))
            continue;
          reached[e->to] = grew = TRUE;
        }
    }
}

static const char *
rule_every_row_is_reachable (const GpoMachine *m, guint row)
{
  gboolean reached[256] = { FALSE };
  find_reachable (m, reached);
  guint8 from = m->edges[row].from;
  return from == GPO_ANY || reached[from] ? NULL : "nothing leads to the state it starts from";
}

static const char *
rule_cites_its_source (const GpoMachine *m, guint row)
{
  const char *spec = m->edges[row].spec;
  if (spec && g_regex_match_simple ("^(design|RFC \\d+ §[0-9A-Z]+(\\.\\d+)*)$", spec, 0, 0))
    return NULL;
  return "its source is not written like \"RFC 5321 §4.1.1.3\" (or \"design\" for what is our own)";
}

/* RFC 5321 §4.2.1: the first digit says whether it is done, to be continued, not now, or never. */
static const char *
smtp_classes (GpoVerdict verdict)
{
  switch (verdict)
    {
    case GPO_OK:
    case GPO_PARTIAL:
    case GPO_EMPTY:
      return "2";
    case GPO_MORE:
      return "23";
    case GPO_DEFERRED:
    case GPO_CLOSING:
      return "4";
    case GPO_TOO_MANY:
    case GPO_TOO_BIG:
      return "45";
    default:
      return "5";
    }
}

static const char *
rule_reply_suits_the_verdict (const GpoMachine *m, guint row)
{
  const GpoEdge *e = &m->edges[row];
  if (!e->reply || !*e->reply)
    return NULL;
  if (strcmp (m->name, "smtp-server") == 0 && !strchr (smtp_classes (e->verdict), e->reply[0]))
    return "the reply's first digit contradicts the verdict";
  if (strcmp (m->name, "pop3-server") == 0 && e->reply[0] != (gpo_verdict_accepts (e->verdict) ? '+' : '-'))
    return "+ or - contradicts the verdict";
  return NULL;
}

static const char *
rule_reply_is_one_line (const GpoMachine *m, guint row)
{
  const char *reply = m->edges[row].reply;
  return reply && strpbrk (reply, "\r\n") ? "the reply holds a line ending" : NULL;
}

static const struct
{
  const char *name;
  const char *(*broken) (const GpoMachine *, guint row);
} rules[] = {
  { "numbers are known", rule_numbers_are_known },
  { "wildcards only refuse", rule_wildcards_only_refuse },
  { "no row is shadowed", rule_no_row_is_shadowed },
  { "every row is reachable", rule_every_row_is_reachable },
  { "cites its source", rule_cites_its_source },
  { "reply suits the verdict", rule_reply_suits_the_verdict },
  { "reply is one line", rule_reply_is_one_line },
};

/* --- over all tables --- */

static const char *
state_name (const GpoMachine *m, guint8 s)
{
  return s == GPO_ANY ? "(any)" : s < m->n_states ? m->states[s] : "?";
}

static const char *
input_name (const GpoMachine *m, guint8 i)
{
  return i == GPO_ANY ? "(any)" : i < m->n_inputs ? m->inputs[i] : "?";
}

START_TEST (row_obeys_the_rules)
{
  guint row = _i;
  const GpoMachine *const *m = gpo_machines;
  for (; row >= (*m)->n_edges; m++)
    row -= (*m)->n_edges;
  const GpoEdge *e = &(*m)->edges[row];
  for (guint r = 0; r < G_N_ELEMENTS (rules); r++)
    {
      const char *wrong = rules[r].broken (*m, row);
      ck_assert_msg (!wrong, "%s row %u (%s, %s, %s): %s: %s", (*m)->name, row, state_name (*m, e->from),
                     input_name (*m, e->input), gpo_verdict_name (e->verdict), rules[r].name, wrong);
    }
}
END_TEST

START_TEST (cell_has_an_answer)
{
  guint cell = _i;
  const GpoMachine *const *at = gpo_machines;
  for (; cell >= (guint) (*at)->n_states * (*at)->n_inputs; at++)
    cell -= (*at)->n_states * (*at)->n_inputs;
  const GpoMachine *m = *at;
  guint8 state = cell / m->n_inputs, input = cell % m->n_inputs;
  ck_assert_msg (gpo_machine_accepts (m, state, input)
                     || gpo_machine_find (m, state, input, GPO_SEQUENCE) != GPO_NO_EDGE,
                 "%s: nothing is said to %s in state %s", m->name, m->inputs[input], m->states[state]);
}
END_TEST

START_TEST (machine_is_whole)
{
  const GpoMachine *m = gpo_machines[_i];
  gboolean reached[256] = { FALSE };
  ck_assert_ptr_eq (gpo_machine_named (m->name), m);
  ck_assert_msg (g_regex_match_simple ("^[a-z][a-z0-9-]*$", m->name, 0, 0), "%s", m->name);
  find_reachable (m, reached);
  for (guint8 s = 0; s < m->n_states; s++)
    {
      ck_assert_msg (g_regex_match_simple ("^[a-z][a-z0-9-]*$", m->states[s], 0, 0), "%s: state %s", m->name,
                     m->states[s]);
      ck_assert_msg (gpo_machine_state (m, m->states[s]) == s, "%s: two states are %s", m->name,
                     m->states[s]);
      ck_assert_msg (reached[s], "%s: nothing leads to the state %s", m->name, m->states[s]);
    }
  for (guint8 i = 0; i < m->n_inputs; i++)
    ck_assert_msg (gpo_machine_input (m, m->inputs[i]) == i, "%s: two inputs are %s", m->name, m->inputs[i]);
  ck_assert (m->final == GPO_ANY || m->final < m->n_states);
}
END_TEST

/* --- the rules can fail --- */

static const GpoEdge unknown_state[] = { { SHUT, PUSH, GPO_OK, 77, NULL, "design" } };
static const GpoEdge accepting_wildcard[] = { { GPO_ANY, PUSH, GPO_OK, OPEN, NULL, "design" } };
static const GpoEdge same_row_twice[]
    = { { SHUT, PUSH, GPO_OK, OPEN, NULL, "design" }, { SHUT, PUSH, GPO_OK, GONE, NULL, "design" } };
static const GpoEdge from_nowhere[]
    = { { SHUT, PUSH, GPO_OK, SHUT, NULL, "design" }, { OPEN, PULL, GPO_OK, SHUT, NULL, "design" } };
static const GpoEdge no_source[] = { { SHUT, PUSH, GPO_OK, OPEN, NULL, "rfc5321" } };
static const GpoEdge wrong_class[] = { { SHUT, PUSH, GPO_REFUSED, GPO_SAME, "250 fine", "design" } };
static const GpoEdge two_lines[] = { { SHUT, PUSH, GPO_OK, OPEN, "250 a\r\n250 b", "design" } };

/* In the order of rules[]; the row looked at is the last. */
static const GpoMachine broken[]
    = { MACHINE (unknown_state), MACHINE (accepting_wildcard), MACHINE (same_row_twice),
        MACHINE (from_nowhere),  MACHINE (no_source),          MACHINE (wrong_class),
        MACHINE (two_lines) };
G_STATIC_ASSERT (G_N_ELEMENTS (broken) == G_N_ELEMENTS (rules));

START_TEST (rule_finds_a_broken_table)
{
  ck_assert_msg (rules[_i].broken (&broken[_i], broken[_i].n_edges - 1) != NULL, "%s", rules[_i].name);
}
END_TEST

START_TEST (rule_lets_a_good_table_be)
{
  for (guint row = 0; row < door.n_edges; row++)
    ck_assert_ptr_null (rules[_i].broken (&door, row));
}
END_TEST

/* --- the engine --- */

static const struct
{
  guint8 state, input;
  GpoVerdict verdict;
  int row;
} finds[] = {
  { SHUT, PUSH, GPO_OK, 0 },       /* exact */
  { OPEN, PULL, GPO_REFUSED, 3 },  /* exact before any state */
  { SHUT, PULL, GPO_REFUSED, 4 },  /* any state */
  { SHUT, PULL, GPO_SEQUENCE, 5 }, /* any input before any of both */
  { OPEN, PUSH, GPO_SEQUENCE, 6 }, /* any of both */
  { OPEN, PUSH, GPO_OK, GPO_NO_EDGE },
};

START_TEST (find_takes_the_nearest_row)
{
  ck_assert_int_eq (gpo_machine_find (&door, finds[_i].state, finds[_i].input, finds[_i].verdict),
                    finds[_i].row);
}
END_TEST

START_TEST (take_moves_only_by_the_table)
{
  guint8 state = SHUT;
  ck_assert_ptr_eq (gpo_machine_take (&door, &state, PULL, GPO_REFUSED), &door_edges[4]);
  ck_assert_uint_eq (state, SHUT);
  ck_assert_ptr_eq (gpo_machine_take (&door, &state, PUSH, GPO_OK), &door_edges[0]);
  ck_assert_uint_eq (state, OPEN);
}
END_TEST

START_TEST (accepts_says_where_an_input_leads_on)
{
  ck_assert (gpo_machine_accepts (&door, SHUT, PUSH));
  ck_assert (!gpo_machine_accepts (&door, OPEN, PUSH));
  ck_assert (!gpo_machine_accepts (&door, SHUT, PULL)); /* only refused there */
}
END_TEST

START_TEST (names_are_found_in_any_case)
{
  ck_assert_int_eq (gpo_machine_state (&door, "OPEN"), OPEN);
  ck_assert_int_eq (gpo_machine_input (&door, "burn"), BURN);
  ck_assert_int_eq (gpo_machine_input (&door, "bur"), -1);
  ck_assert_ptr_null (gpo_machine_named ("door"));
}
END_TEST

START_TEST (verdict_and_its_word)
{
  const char *word = gpo_verdict_name (_i);
  ck_assert_int_eq (gpo_verdict_from_name (word), _i);
}
END_TEST

/* --- the figure of RFC 3501 §3 --- */

/* Where each of the seven arrows leads; (7) leads to logout from anywhere. */
static const struct
{
  guint8 number;
  GpoImapState from, to;
} figure[] = {
  { 1, GPO_IMAP_CONNECTED, GPO_IMAP_NOT_AUTHENTICATED }, { 2, GPO_IMAP_CONNECTED, GPO_IMAP_AUTHENTICATED },
  { 3, GPO_IMAP_CONNECTED, GPO_IMAP_LOGOUT },            { 4, GPO_IMAP_NOT_AUTHENTICATED, GPO_IMAP_AUTHENTICATED },
  { 4, GPO_IMAP_AUTHENTICATE, GPO_IMAP_AUTHENTICATED },  { 5, GPO_IMAP_AUTHENTICATED, GPO_IMAP_SELECTED },
  { 5, GPO_IMAP_SELECTED, GPO_IMAP_SELECTED },           { 6, GPO_IMAP_SELECTED, GPO_IMAP_AUTHENTICATED },
};

/* A row has a number exactly if it goes where that arrow of the figure goes. */
START_TEST (imap_row_has_the_number_of_its_arrow)
{
  const GpoEdge *edge = &gpo_imap_server_machine.edges[_i];
  guint8 number = edge->to == GPO_IMAP_LOGOUT && edge->from != GPO_IMAP_CONNECTED ? 7 : 0;
  gboolean selects = edge->input == GPO_IMAP_IN_SELECT || edge->input == GPO_IMAP_IN_EXAMINE;
  for (guint i = 0; i < G_N_ELEMENTS (figure); i++)
    if (edge->from == figure[i].from && edge->to == figure[i].to && (edge->from != edge->to || selects))
      number = figure[i].number;
  ck_assert_uint_eq (edge->arrow, number);
}
END_TEST

/* --- printing --- */

START_TEST (text_has_a_line_for_each_row)
{
  g_autofree char *text = gpo_machine_print (&door, GPO_PRINT_TEXT);
  ck_assert_ptr_nonnull (strstr (text, "It begins in shut and ends in gone; 3 states, 3 inputs, 7 rows.\n"));
  ck_assert_ptr_nonnull (strstr (text, "\nopen   PULL   refused   (same)      design  550 jammed\n"));
  ck_assert_ptr_nonnull (strstr (text, "\n(any)  (any)  sequence  (same)      design  503 no\n"));
  ck_assert_ptr_null (strstr (text, " \n"));
}
END_TEST

START_TEST (diagram_leaves_out_refusals_that_stay)
{
  g_autofree char *dot = gpo_machine_print (&door, GPO_PRINT_DOT);
  ck_assert_ptr_nonnull (strstr (dot, "  \"\" -> \"shut\";\n"));
  ck_assert_ptr_nonnull (strstr (dot, "  \"gone\" [peripheries=2];\n"));
  ck_assert_ptr_nonnull (strstr (dot, "  \"shut\" -> \"open\" [label=\"PUSH\"];\n"));
  ck_assert_ptr_null (strstr (dot, "(any)"));
  ck_assert_ptr_null (strstr (dot, "\"open\" -> \"open\""));
}
END_TEST

static const GpoEdge joined_edges[] = {
  { SHUT, PUSH, GPO_OK, OPEN, NULL, "design" },      { SHUT, PULL, GPO_OK, OPEN, NULL, "design" },
  { OPEN, BURN, GPO_OK, GONE, NULL, "design" },      { OPEN, BURN, GPO_MORE, GPO_SAME, NULL, "design" },
  { OPEN, PULL, GPO_CLOSING, GONE, NULL, "design" },
  { OPEN, PULL, GPO_TOO_BIG, GONE, NULL, "design" },
};
static const GpoMachine joined = MACHINE (joined_edges);

START_TEST (diagram_joins_inputs_of_one_arrow)
{
  g_autofree char *dot = gpo_machine_print (&joined, GPO_PRINT_DOT);
  ck_assert_ptr_nonnull (strstr (dot, "  \"shut\" -> \"open\" [label=\"PUSH, PULL\"];\n"));
}
END_TEST

START_TEST (diagram_names_the_verdict_where_it_decides)
{
  g_autofree char *dot = gpo_machine_print (&joined, GPO_PRINT_DOT);
  ck_assert_ptr_nonnull (strstr (dot, "  \"open\" -> \"gone\" [label=\"BURN (ok)\"];\n"));
  ck_assert_ptr_nonnull (strstr (dot, "  \"open\" -> \"open\" [label=\"BURN (more)\"];\n"));
}
END_TEST

START_TEST (diagram_dashes_refusals_that_lead_on)
{
  g_autofree char *dot = gpo_machine_print (&joined, GPO_PRINT_DOT);
  ck_assert_ptr_nonnull (strstr (dot, "  \"open\" -> \"gone\" [label=\"PULL (closing, too-big)\", style=dashed];\n"));
}
END_TEST

START_TEST (markdown_has_states_inputs_and_edges)
{
  g_autofree char *md = gpo_machine_print (&door, GPO_PRINT_MARKDOWN);
  ck_assert_ptr_nonnull (strstr (md, "| shut | initial |\n| open |  |\n| gone | final |\n"));
  ck_assert_ptr_nonnull (strstr (md, "`PUSH`, `PULL`, `BURN`"));
  ck_assert_ptr_nonnull (strstr (md, "| shut | PUSH | ok | open | 250 open | design |\n"));
}
END_TEST

static Suite *
suite (void)
{
  guint rows = 0, cells = 0, machines = 0;
  for (const GpoMachine *const *m = gpo_machines; *m; m++, machines++)
    {
      rows += (*m)->n_edges;
      cells += (guint) (*m)->n_states * (*m)->n_inputs;
    }
  Suite *s = suite_create ("machine");
  TCase *tables = tcase_create ("tables");
  tcase_add_loop_test (tables, machine_is_whole, 0, machines);
  tcase_add_loop_test (tables, row_obeys_the_rules, 0, rows);
  tcase_add_loop_test (tables, cell_has_an_answer, 0, cells);
  suite_add_tcase (s, tables);

  TCase *engine = tcase_create ("engine");
  tcase_add_loop_test (engine, rule_finds_a_broken_table, 0, G_N_ELEMENTS (rules));
  tcase_add_loop_test (engine, rule_lets_a_good_table_be, 0, G_N_ELEMENTS (rules));
  tcase_add_loop_test (engine, find_takes_the_nearest_row, 0, G_N_ELEMENTS (finds));
  tcase_add_test (engine, take_moves_only_by_the_table);
  tcase_add_test (engine, accepts_says_where_an_input_leads_on);
  tcase_add_test (engine, names_are_found_in_any_case);
  tcase_add_loop_test (engine, verdict_and_its_word, 0, GPO_N_VERDICTS);
  suite_add_tcase (s, engine);

  TCase *print = tcase_create ("print");
  tcase_add_test (print, text_has_a_line_for_each_row);
  tcase_add_test (print, diagram_leaves_out_refusals_that_stay);
  tcase_add_test (print, diagram_dashes_refusals_that_lead_on);
  tcase_add_test (print, diagram_joins_inputs_of_one_arrow);
  tcase_add_test (print, diagram_names_the_verdict_where_it_decides);
  tcase_add_loop_test (print, imap_row_has_the_number_of_its_arrow, 0, (int) gpo_imap_server_machine.n_edges);
  tcase_add_test (print, markdown_has_states_inputs_and_edges);
  suite_add_tcase (s, print);
  return s;
}

#include "check-main.h"
