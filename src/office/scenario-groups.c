/* SPDX-License-Identifier: MIT */
/* scenario-groups.c: the kinds of groups of a scenario, and those of the office itself: [office], [fault
 * NAME], [letter NAME]. docs/scenario.md describes them to people. */
#include "office/fault.h"
#include "office/scenario-read.h"
#include <math.h>
#include <string.h>

/* --- [office] --- */

static gboolean
read_time (GpoScenarioReader *r, const char *group)
{
  g_autofree char *speed = gpo_scenario_value (r, group, "speed");
  g_autofree char *start = gpo_scenario_value (r, group, "start");
  if (speed)
    {
      char *end;
      double x = g_ascii_strtod (speed, &end);
      if (end == speed || *end || !isfinite (x) || x < 0 || x > 1e6)
        return gpo_scenario_wrong (r, group, "speed",
                                   "\"%s\" will not do: say how many seconds pass in one, from 0 "
                                   "(the clock stands) to 1000000",
                                   speed);
      r->scenario->speed = x;
    }
  if (start)
    {
      g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
      g_autoptr (GDateTime) date = g_date_time_new_from_iso8601 (start, utc);
      if (!date || g_date_time_get_year (date) < 1970)
        return gpo_scenario_wrong (r, group, "start",
                                   "\"%s\" will not do: say a time like 2025-03-01T09:00:00Z", start);
      r->scenario->start = g_date_time_to_unix (date) * G_USEC_PER_SEC;
    }
  return TRUE;
}

static gboolean
read_office (GpoScenarioReader *r, const char *group, const char *word)
{
  static const GpoValueRow rows[] = {
    { "title", GPO_VALUE_IS_TEXT, G_STRUCT_OFFSET (GpoWorld, title) },
    { "outside", GPO_VALUE_IS_YES_NO, G_STRUCT_OFFSET (GpoWorld, outside) },
    { NULL },
  };
  g_autofree char *trace = gpo_scenario_value (r, group, "trace");
  if (trace)
    r->scenario->trace = g_canonicalize_filename (trace, r->folder);
  return gpo_scenario_table (r, group, rows, r->scenario->world)
         && gpo_scenario_table (r, group, gpo_limit_rows, &r->limits) && read_time (r, group);
}

/* --- [fault NAME] --- */

static gboolean
read_fault (GpoScenarioReader *r, const char *group, const char *word)
{
  static const GpoValueRow rows[] = {
    { "times", GPO_VALUE_IS_COUNT, G_STRUCT_OFFSET (GpoScenarioFault, times), NULL, 0, 1000000 },
    { NULL },
  };
  GpoScenarioFault *fault = g_new0 (GpoScenarioFault, 1);
  g_ptr_array_add (r->scenario->faults, fault);
  fault->name = g_strdup (word);
  fault->when = gpo_scenario_needs (r, group, "when", "host = gateway and verb = DATA");
  fault->action = fault->when ? gpo_scenario_needs (r, group, "do", "delay 2s") : NULL;
  if (!fault->action || !gpo_scenario_table (r, group, rows, fault))
    return FALSE;
  g_autoptr (GError) error = NULL;
  g_autoptr (GpoFault) rule = gpo_fault_new (word, fault->when, fault->action, fault->times, &error);
  if (!rule)
    return gpo_scenario_wrong (r, group, error->code == GPO_FAULT_ERROR_WHEN ? "when" : "do", "%s",
                               error->message);
  return TRUE;
}

/* --- [letter NAME] --- */

/* "bob@sparta.example/Archive" */
static gboolean
letter_mailbox (GpoScenarioReader *r, const char *group, GpoScenarioLetter *letter, const char *mailbox)
{
  const char *sign = strchr (mailbox, '@');
  const char *slash = sign ? strchr (sign, '/') : NULL;
  g_autofree char *domain
      = sign ? g_strndup (sign + 1, slash ? (gsize) (slash - sign - 1) : strlen (sign + 1)) : NULL;
  g_autofree char *login = sign ? g_strndup (mailbox, (gsize) (sign - mailbox)) : NULL;
  if (!sign)
    return gpo_scenario_wrong (r, group, "mailbox",
                               "\"%s\" will not do: say bob@sparta.example, or "
                               "bob@sparta.example/Archive for another mailbox than INBOX",
                               mailbox);
  GpoHost *host = gpo_scenario_host (r, group, "mailbox", domain);
  if (!host)
    return FALSE;
  letter->person = gpo_host_person (host, login);
  letter->folder = slash && g_ascii_strcasecmp (slash + 1, "INBOX") != 0 ? g_strdup (slash + 1) : NULL;
  if (!letter->person)
    return gpo_scenario_wrong (r, group, "mailbox", "there is no %s at %s", login, host->name);
  if (letter->folder
      && (!letter->person->mailboxes
          || !g_strv_contains ((const char *const *) letter->person->mailboxes, letter->folder)))
    return gpo_scenario_wrong (r, group, "mailbox",
                               "%s has no mailbox \"%s\"; add it to the mailboxes of [person %s]", login,
                               letter->folder, login);
  return TRUE;
}

static gboolean
read_letter (GpoScenarioReader *r, const char *group, const char *word)
{
  GpoScenarioLetter *letter = g_new0 (GpoScenarioLetter, 1);
  g_ptr_array_add (r->scenario->letters, letter);
  g_autofree char *file = gpo_scenario_needs (r, group, "file", "welcome.eml");
  g_autofree char *mailbox = gpo_scenario_value (r, group, "mailbox");
  g_autofree char *queue = gpo_scenario_value (r, group, "queue");
  g_autofree char *to = gpo_scenario_value (r, group, "to");
  letter->name = g_strdup (word);
  letter->flags = gpo_scenario_value (r, group, "flags");
  letter->from = gpo_scenario_value (r, group, "from");
  letter->to = gpo_value_list (to ? to : "");
  if (!file)
    return FALSE;
  letter->file = g_canonicalize_filename (file, r->folder);
  if (!mailbox == !queue)
    return gpo_scenario_wrong (r, group, NULL,
                               "needs either a mailbox (bob@sparta.example) or a queue (athens)");
  if (letter->flags && (!mailbox || strspn (letter->flags, "DFPRST") != strlen (letter->flags)))
    return gpo_scenario_wrong (r, group, "flags",
                               "a letter in a mailbox has flags of D (draft), F (flagged), "
                               "P (passed on), R (replied), S (seen), T (deleted)");
  if (mailbox && (letter->from || letter->to[0]))
    return gpo_scenario_wrong (r, group, letter->from ? "from" : "to",
                               "a letter in a mailbox has no envelope any more");
  if (mailbox)
    return letter_mailbox (r, group, letter, mailbox);
  letter->queue = gpo_scenario_host (r, group, "queue", queue);
  if (letter->queue && !letter->to[0])
    return gpo_scenario_wrong (r, group, NULL, "a letter in a queue needs its envelope: from = and to =");
  return letter->queue != NULL;
}

const GpoScenarioKind gpo_scenario_kinds[] = {
  { "office", FALSE, read_office },
  { "host", TRUE, gpo_scenario_read_host },
  { "person", TRUE, gpo_scenario_read_person },
  { "alias", TRUE, gpo_scenario_read_alias },
  { "mx", TRUE, gpo_scenario_read_mx },
  { "route", TRUE, gpo_scenario_read_route },
  { "retry", FALSE, gpo_scenario_read_retry },
  { "fault", TRUE, read_fault },
  { "letter", TRUE, read_letter },
  { "wall", TRUE, gpo_scenario_read_wall },
  { NULL },
};
