/* SPDX-License-Identifier: MIT */
/* world-facts.c: `office` events → persons and ways. */
#include "replay/world-facts.h"
#include <string.h>

static void
person_free (gpointer data)
{
  GpoPersonFact *person = data;
  g_free (person->login);
  g_free (person->name);
  g_free (person);
}

static void
way_free (gpointer data)
{
  GpoWayFact *way = data;
  g_free (way->domain);
  g_free (way->exchange);
  g_free (way);
}

void
gpo_world_facts_init (GpoWorldFacts *facts)
{
  *facts = (GpoWorldFacts){ .persons = g_ptr_array_new_with_free_func (person_free),
                            .ways = g_ptr_array_new_with_free_func (way_free) };
}

void
gpo_world_facts_clear (GpoWorldFacts *facts)
{
  g_clear_pointer (&facts->persons, g_ptr_array_unref);
  g_clear_pointer (&facts->ways, g_ptr_array_unref);
  g_clear_pointer (&facts->title, g_free);
}

/* "10 gateway.example, 20 sparta.example": the one with the lowest number, which stands first. */
static char *
best_of (const char *answer)
{
  const char *name = answer + strspn (answer, "0123456789 ");
  return g_strndup (name, strcspn (name, ", "));
}

static gboolean
take_way (GpoWorldFacts *facts, guint64 n, const GpoEvent *event, const char *to, gboolean route)
{
  const char *domain = gpo_event_text (event, GPO_FIELD_DOMAIN, NULL);
  if (!domain || !to || !*to)
    return FALSE;
  g_autofree char *exchange = route ? g_strndup (to, strcspn (to, ", ")) : best_of (to);
  for (guint i = 0; i < facts->ways->len; i++)
    {
      const GpoWayFact *known = facts->ways->pdata[i];
      if (known->host == event->host && strcmp (known->domain, domain) == 0
          && strcmp (known->exchange, exchange) == 0)
        return FALSE;
    }
  GpoWayFact *way = g_new0 (GpoWayFact, 1);
  way->n = n;
  way->host = event->host;
  way->domain = g_strdup (domain);
  way->exchange = g_steal_pointer (&exchange);
  way->route = route;
  g_ptr_array_add (facts->ways, way);
  return TRUE;
}

gboolean
gpo_world_facts_take (GpoWorldFacts *facts, guint64 n, const GpoEvent *event)
{
  const char *action = gpo_event_text (event, GPO_FIELD_ACTION, NULL);
  const char *login = gpo_event_text (event, GPO_FIELD_PERSON, NULL);
  const char *name = gpo_event_text (event, GPO_FIELD_NAME, NULL);
  const char *title = gpo_event_text (event, GPO_FIELD_TITLE, NULL);
  if (!action)
    return FALSE;
  if (strcmp (action, "start") == 0 && title && !facts->title)
    facts->title = g_strdup (title);
  if (strcmp (action, "mx") == 0)
    return take_way (facts, n, event, gpo_event_text (event, GPO_FIELD_ANSWER, NULL), FALSE);
  if (strcmp (action, "route") == 0)
    return take_way (facts, n, event, gpo_event_text (event, GPO_FIELD_NEXT_HOP, NULL), TRUE);
  if (strcmp (action, "person") != 0 || !login || !event->host)
    return FALSE;
  for (guint i = 0; i < facts->persons->len; i++)
    {
      const GpoPersonFact *known = facts->persons->pdata[i];
      if (known->host == event->host && strcmp (known->login, login) == 0)
        return FALSE; /* the office was started again */
    }
  GpoPersonFact *person = g_new0 (GpoPersonFact, 1);
  person->n = n;
  person->host = event->host;
  person->login = g_strdup (login);
  person->name = g_strdup (name && *name ? name : login);
  g_ptr_array_add (facts->persons, person);
  return TRUE;
}
