/* SPDX-License-Identifier: MIT */
/* map-words.c: what stands on the map, in words: accessible names, tooltips, the text that is copied. */
#include "i18n.h"
#include "map-model.h"

static void
append_pile (GString *out, const GpoMapPile *pile)
{
  g_string_append_printf (out, ngettext ("%u letter", "%u letters", pile->count), pile->count);
  for (guint i = 0; i < pile->n_shown; i++)
    g_string_append_printf (out, "%s%u%s", i ? ", " : _ (": number "), pile->shown[i],
                            pile->late[i] ? _ (" (deferred)") : "");
}

static void
append_host (GString *out, const GpoMapPlace *place)
{
  if (place->title)
    g_string_append_printf (out, " (%s)", place->title);
  g_string_append (out, place->down ? _ (": DOWN; ") : ": ");
  g_string_append_printf (out, ngettext ("%u session open", "%u sessions open", place->sessions),
                          place->sessions);
  g_string_append (out, _ ("; in the queue "));
  append_pile (out, &place->queue);
  for (guint i = 0; i < place->boxes->len; i++)
    {
      const GpoMapBox *box = &g_array_index (place->boxes, GpoMapBox, i);
      g_string_append_printf (out, _ ("; in the mailboxes of %s "), box->owner);
      append_pile (out, &box->letters);
    }
  for (guint i = 0; i < place->rules->len; i++)
    g_string_append_printf (out, "%s%s", i ? ", " : _ ("; faults set: "),
                            (const char *) place->rules->pdata[i]);
}

char *
gpo_map_place_words (GpoMapModel *model, const GpoMapPlace *place)
{
  g_autoptr (GString) out = g_string_new (NULL);
  if (place->kind == GPO_PLACE_PERSON)
    g_string_append_printf (out, _ ("%s, who reads at %s"), place->title, gpo_symbol_name (place->host));
  else
    g_string_append (out, place->name);
  if (place->kind == GPO_PLACE_HOST)
    append_host (out, place);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

char *
gpo_map_link_words (GpoMapModel *model, const GpoMapLink *link)
{
  const GpoMapPlace *from = gpo_map_model_place (model, link->from),
                    *to = gpo_map_model_place (model, link->to);
  g_autoptr (GString) out = g_string_new (NULL);
  g_string_append_printf (out, _ ("Session %u, %s, from %s to %s"), link->session,
                          gpo_protocol_name (link->protocol), from->name, to->name);
  if (link->state)
    g_string_append_printf (out, _ (", state %s"), link->state);
  if (link->tls)
    g_string_append (out, _ (", encrypted"));
  if (link->held)
    g_string_append (out, _ (", held at the gate"));
  if (link->tone == GPO_TONE_REFUSED)
    g_string_append (out, _ (", just refused something"));
  if (link->tone == GPO_TONE_DEFERRED)
    g_string_append (out, _ (", just put something off"));
  if (link->letter)
    g_string_append_printf (out, _ (", with letter %u"), link->letter);
  if (link->more)
    g_string_append_printf (out, ngettext (", and %u more beside it", ", and %u more beside it", link->more),
                            link->more);
  return g_string_free (g_steal_pointer (&out), FALSE);
}
