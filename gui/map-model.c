/* SPDX-License-Identifier: MIT */
/* map-model.c: places and ways from the world, sessions and letters from the picture. */
#include "map-model.h"
#include "i18n.h"
#include "map-piles.h"
#include <string.h>

#define BESIDE 3     /* connections shown between two places; further ones are counted */
#define LOOKED_AT 96 /* open sessions that are looked at closely: the newest */

struct GpoMapModel
{
  GpoPicture *picture;
  guint generation; /* of the picture, when the places were made */
  guint64 n;
  GArray *places, *links, *ways;
  guint outside; /* its place, or G_MAXUINT */
};

/* --- places --- */

static void
box_clear (gpointer data)
{
  g_free (((GpoMapBox *) data)->owner);
}

static void
place_clear (gpointer data)
{
  GpoMapPlace *place = data;
  g_free (place->name);
  g_free (place->title);
  g_free (place->roles);
  g_array_unref (place->boxes);
  g_ptr_array_unref (place->rules);
}

static GpoMapPlace *
add_place (GpoMapModel *model, GpoPlaceKind kind, GpoSymbol host, const char *name, const char *title)
{
  GpoMapPlace place = { .kind = kind, .host = host, .home = G_MAXUINT };
  place.name = g_strdup (name);
  place.title = g_strdup (title);
  place.boxes = g_array_new (FALSE, FALSE, sizeof (GpoMapBox));
  g_array_set_clear_func (place.boxes, box_clear);
  place.rules = g_ptr_array_new ();
  g_array_append_val (model->places, place);
  return &g_array_index (model->places, GpoMapPlace, model->places->len - 1);
}

static GpoMapPlace *
place_at (GpoMapModel *model, guint i)
{
  return &g_array_index (model->places, GpoMapPlace, i);
}

guint
gpo_map_model_host (GpoMapModel *model, GpoSymbol host)
{
  for (guint i = 0; i < model->places->len && host; i++)
    if (place_at (model, i)->kind == GPO_PLACE_HOST && place_at (model, i)->host == host)
      return i;
  return G_MAXUINT;
}

/* "smtp:11025 submission:11587" without the ports; imaps is imap once more. */
static char *
role_names (const char *roles)
{
  g_autoptr (GString) out = g_string_new (NULL);
  for (const char *p = roles; p && *p; p += strcspn (p, " "), p += strspn (p, " "))
    if (!g_str_has_prefix (p, "imaps"))
      g_string_append_printf (out, "%s%.*s", out->len ? " " : "", (int) strcspn (p, ": "), p);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static void
add_hosts (GpoMapModel *model)
{
  for (guint i = 0; i < gpo_picture_n_hosts (model->picture); i++)
    {
      const GpoHostTrack *host = gpo_picture_host (model->picture, i);
      GpoMapPlace *place = add_place (model, GPO_PLACE_HOST, host->symbol, host->name, host->domain);
      place->declared = host->domain != NULL;
      place->gateway = host->gateway;
      place->roles = host->roles ? role_names (host->roles) : NULL;
    }
}

static void
add_persons (GpoMapModel *model)
{
  const GpoWorldFacts *world = gpo_picture_world (model->picture);
  for (guint i = 0; i < world->persons->len; i++)
    {
      const GpoPersonFact *fact = world->persons->pdata[i];
      guint home = gpo_map_model_host (model, fact->host);
      if (home == G_MAXUINT)
        continue;
      GpoMapPlace *place = add_place (model, GPO_PLACE_PERSON, fact->host, fact->login, fact->name);
      place->home = home;
    }
}

/* A session whose server is no host of ours, or whose end we do not know. */
static void
add_outside (GpoMapModel *model)
{
  gboolean world = gpo_picture_world (model->picture)->title != NULL;
  model->outside = G_MAXUINT;
  if (!world && gpo_picture_n_sessions (model->picture) == 0)
    return;
  model->outside = model->places->len;
  add_place (model, GPO_PLACE_OUTSIDE, 0, world ? _ ("elsewhere") : _ ("clients"), NULL);
}

/* --- ways --- */

static guint
host_named (GpoMapModel *model, const char *name)
{
  for (guint i = 0; i < model->places->len; i++)
    {
      const GpoMapPlace *place = place_at (model, i);
      if (place->kind == GPO_PLACE_HOST
          && (g_ascii_strcasecmp (place->name, name) == 0
              || (place->title && g_ascii_strcasecmp (place->title, name) == 0)))
        return i;
    }
  return G_MAXUINT;
}

static void
add_way (GpoMapModel *model, guint from, guint to)
{
  GpoMapWay way = { MIN (from, to), MAX (from, to) };
  if (from == to || from == G_MAXUINT || to == G_MAXUINT)
    return;
  for (guint i = 0; i < model->ways->len; i++)
    if (memcmp (&g_array_index (model->ways, GpoMapWay, i), &way, sizeof way) == 0)
      return;
  g_array_append_val (model->ways, way);
}

/* Letters for a domain: everybody hands them to its best exchange; a route is one host's own. */
static void
add_fact_ways (GpoMapModel *model, const GpoWayFact *fact)
{
  guint to = host_named (model, fact->exchange), home = host_named (model, fact->domain);
  if (fact->host)
    {
      add_way (model, gpo_map_model_host (model, fact->host), to != G_MAXUINT ? to : model->outside);
      return;
    }
  for (guint i = 0; i < model->places->len; i++)
    if (place_at (model, i)->kind == GPO_PLACE_HOST && i != home)
      add_way (model, i, to != G_MAXUINT ? to : model->outside);
}

static void
add_ways (GpoMapModel *model)
{
  const GpoWorldFacts *world = gpo_picture_world (model->picture);
  for (guint i = 0; i < world->ways->len; i++)
    add_fact_ways (model, world->ways->pdata[i]);
  for (guint i = 0; i < model->places->len; i++)
    if (place_at (model, i)->kind == GPO_PLACE_PERSON)
      add_way (model, i, place_at (model, i)->home);
}

static void
make_places (GpoMapModel *model)
{
  model->generation = gpo_picture_generation (model->picture);
  g_array_set_size (model->places, 0);
  g_array_set_size (model->ways, 0);
  add_hosts (model);
  add_persons (model);
  add_outside (model);
  add_ways (model);
}

/* --- connections at n --- */

/* A login is "bob" or "bob@sparta.example". G_MAXUINT: nobody is called so there (0: anywhere). */
static guint
place_of_person (GpoMapModel *model, const char *login, GpoSymbol host)
{
  gsize length = strcspn (login, "@");
  for (guint i = 0; i < model->places->len; i++)
    {
      const GpoMapPlace *place = place_at (model, i);
      if (place->kind == GPO_PLACE_PERSON && (place->host == host || !host) && strlen (place->name) == length
          && strncmp (place->name, login, length) == 0)
        return i;
    }
  return G_MAXUINT;
}

/* Who has called: a host, a person's reader by its own name, or whoever has said who it is. */
static guint
place_of_caller (GpoMapModel *model, const GpoSessionTrack *session, const char *person)
{
  guint place = gpo_map_model_host (model, session->caller);
  if (place == G_MAXUINT && session->caller)
    place = place_of_person (model, gpo_symbol_name (session->caller), session->host);
  if (place == G_MAXUINT && session->caller)
    place = place_of_person (model, gpo_symbol_name (session->caller), 0);
  if (place == G_MAXUINT && person)
    place = place_of_person (model, person, session->host);
  return place != G_MAXUINT ? place : model->outside;
}

static const GpoEvent *
event_of (GpoMapModel *model, const GpoTrack *track)
{
  guint i = gpo_track_until (track, model->n);
  return i ? gpo_log_get (gpo_picture_log (model->picture), track->events[i - 1]) : NULL;
}

/* How far a letter has come, by what its session does. 0: it is not on the way. */
static double
progress (const char *state, const GpoEvent *said)
{
  static const struct
  {
    const char *state;
    double at;
  } table[] = { { "mail", 0.14 }, { "rcpt", 0.28 }, { "data", 0.44 },  { "letter", 0.6 },
                { "bdat", 0.44 }, { "chunk", 0.6 }, { "append", 0.5 }, { "selected-append", 0.5 } };
  for (guint i = 0; i < G_N_ELEMENTS (table) && state; i++)
    if (strcmp (table[i].state, state) == 0)
      {
        if (said && said->kind == GPO_KIND_DATA)
          return 0.66;
        if (said && g_strcmp0 (gpo_event_text (said, GPO_FIELD_VERB, NULL), "end-of-data") == 0)
          return 0.86;
        return table[i].at;
      }
  return 0;
}

/* Whole at this host since the session began; *arriving until it is put into a mailbox or a queue. */
static gboolean
is_whole (GpoMapModel *model, guint32 letter, const GpoSessionTrack *session, gboolean *arriving)
{
  const GpoLetterTrack *track = gpo_picture_letter_numbered (model->picture, letter);
  guint whole = track ? gpo_track_until (&track->letters, model->n) : 0;
  const GpoEvent *event = whole ? event_of (model, &track->letters) : NULL;
  guint64 at = whole ? track->letters.events[whole - 1] : 0;
  if (!event || event->host != session->host || at < session->opened)
    return FALSE;
  guint queue = gpo_track_until (&track->queue, model->n),
        mailbox = gpo_track_until (&track->mailboxes, model->n);
  *arriving = (queue == 0 || track->queue.events[queue - 1] < at)
              && (mailbox == 0 || track->mailboxes.events[mailbox - 1] < at);
  return TRUE;
}

/* The letter that is on the connection. An answer with a letter's bytes brings it to the reader. */
static void
set_letter (GpoMapModel *model, GpoMapLink *link, const GpoSessionTrack *session, const GpoSessionAt *at)
{
  const GpoEvent *said = event_of (model, &session->lines);
  gboolean arriving = FALSE;
  if (!at->letter)
    return;
  if (said && said->kind == GPO_KIND_DATA
      && g_strcmp0 (gpo_event_text (said, GPO_FIELD_FROM, NULL), "server") == 0)
    link->at = 0.4;
  else if (is_whole (model, at->letter, session, &arriving))
    link->at = arriving ? 0.93 : 0;
  else
    link->at = progress (at->state ? at->state : at->client_state, said);
  link->letter = link->at > 0 ? at->letter : 0;
}

/* What the server said last, going back over a few lines. */
static GpoTone
last_tone (GpoMapModel *model, const GpoSessionTrack *session)
{
  guint end = gpo_track_until (&session->lines, model->n);
  for (guint i = end; i > 0 && end - i < 8; i--)
    {
      const GpoEvent *event = gpo_log_get (gpo_picture_log (model->picture), session->lines.events[i - 1]);
      if (event && g_strcmp0 (gpo_event_text (event, GPO_FIELD_FROM, NULL), "server") == 0)
        return gpo_event_tone (event);
    }
  return GPO_TONE_PLAIN;
}

/* Its place among those between the same two; FALSE if there are enough already. */
static gboolean
stand_beside (GpoMapModel *model, GpoMapLink *link)
{
  GpoMapLink *last = NULL;
  guint n = 0;
  for (guint i = 0; i < model->links->len; i++)
    {
      GpoMapLink *other = &g_array_index (model->links, GpoMapLink, i);
      if (MIN (other->from, other->to) != MIN (link->from, link->to)
          || MAX (other->from, other->to) != MAX (link->from, link->to))
        continue;
      last = other;
      n++;
    }
  if (n >= BESIDE)
    {
      last->more++;
      return FALSE;
    }
  link->beside = n;
  return TRUE;
}

static void
add_link (GpoMapModel *model, const GpoSessionTrack *session, gboolean closely)
{
  GpoSessionAt at = { 0 };
  gboolean theirs = session->caller && session->caller == session->host; /* we call a stranger */
  guint server = theirs ? G_MAXUINT : gpo_map_model_host (model, session->host);
  if (closely)
    gpo_picture_session_at (model->picture, session, model->n, &at);
  if (server != G_MAXUINT)
    place_at (model, server)->sessions++;
  GpoMapLink link = { .from = place_of_caller (model, session, at.person),
                      .to = server != G_MAXUINT ? server : model->outside,
                      .session = session->number,
                      .protocol = session->protocol,
                      .state = at.state ? at.state : at.client_state,
                      .person = at.person,
                      .tls = at.tls,
                      .held = at.held };
  if (link.from == G_MAXUINT || link.to == G_MAXUINT || link.from == link.to || !stand_beside (model, &link))
    return;
  if (closely)
    {
      set_letter (model, &link, session, &at);
      link.tone = last_tone (model, session);
    }
  g_array_append_val (model->links, link);
}

/* How many share the way, for those that do. */
static void
count_beside (GpoMapModel *model)
{
  for (guint i = 0; i < model->links->len; i++)
    {
      GpoMapLink *a = &g_array_index (model->links, GpoMapLink, i);
      a->of = 0;
      for (guint j = 0; j < model->links->len; j++)
        {
          const GpoMapLink *b = &g_array_index (model->links, GpoMapLink, j);
          a->of
              += MIN (a->from, a->to) == MIN (b->from, b->to) && MAX (a->from, a->to) == MAX (b->from, b->to);
        }
    }
}

static void
make_links (GpoMapModel *model)
{
  guint looked = 0;
  g_array_set_size (model->links, 0);
  for (guint i = gpo_picture_sessions_until (model->picture, model->n); i > 0; i--)
    {
      const GpoSessionTrack *session = gpo_picture_session (model->picture, i - 1);
      if (session->closed > model->n)
        add_link (model, session, looked++ < LOOKED_AT);
    }
  count_beside (model);
}

/* --- what lies where --- */

static void
make_piles (GpoMapModel *model, GHashTable *away)
{
  for (guint i = 0; i < gpo_picture_n_hosts (model->picture); i++)
    {
      const GpoHostTrack *host = gpo_picture_host (model->picture, i);
      GpoMapPlace *place = place_at (model, gpo_map_model_host (model, host->symbol));
      place->down = gpo_picture_host_is_down (model->picture, host, model->n);
      g_ptr_array_unref (place->rules);
      place->rules = gpo_picture_rules_at (model->picture, host, model->n);
      gpo_map_pile_queue (model->picture, host, model->n, away, &place->queue);
    }
  for (guint i = 0; i < model->places->len; i++)
    {
      const GpoMapPlace *person = place_at (model, i);
      if (person->kind == GPO_PLACE_PERSON)
        gpo_map_box (place_at (model, person->home)->boxes, person->name, strlen (person->name));
    }
  for (guint i = 0; i < gpo_picture_n_mailboxes (model->picture); i++)
    {
      const GpoMailboxTrack *mailbox = gpo_picture_mailbox (model->picture, i);
      guint at = gpo_map_model_host (model, mailbox->host);
      if (at != G_MAXUINT)
        gpo_map_pile_mailbox (model->picture, mailbox, model->n, place_at (model, at)->boxes);
    }
}

static void
forget (GpoMapModel *model)
{
  for (guint i = 0; i < model->places->len; i++)
    {
      GpoMapPlace *place = place_at (model, i);
      place->sessions = 0;
      place->queue = (GpoMapPile){ 0 };
      g_array_set_size (place->boxes, 0);
    }
}

void
gpo_map_model_set_n (GpoMapModel *model, guint64 n)
{
  g_autoptr (GHashTable) away = g_hash_table_new (NULL, NULL);
  model->n = n;
  if (model->generation != gpo_picture_generation (model->picture) || model->places->len == 0)
    make_places (model);
  forget (model);
  make_links (model);
  for (guint i = 0; i < model->links->len; i++)
    if (g_array_index (model->links, GpoMapLink, i).letter)
      g_hash_table_add (away, GUINT_TO_POINTER (g_array_index (model->links, GpoMapLink, i).letter));
  make_piles (model, away);
}

/* --- the rest --- */

GpoMapModel *
gpo_map_model_new (GpoPicture *picture)
{
  GpoMapModel *model = g_new0 (GpoMapModel, 1);
  model->picture = picture;
  model->places = g_array_new (FALSE, FALSE, sizeof (GpoMapPlace));
  g_array_set_clear_func (model->places, place_clear);
  model->links = g_array_new (FALSE, FALSE, sizeof (GpoMapLink));
  model->ways = g_array_new (FALSE, FALSE, sizeof (GpoMapWay));
  model->outside = G_MAXUINT;
  return model;
}

void
gpo_map_model_free (GpoMapModel *model)
{
  g_array_unref (model->places);
  g_array_unref (model->links);
  g_array_unref (model->ways);
  g_free (model);
}

guint64
gpo_map_model_get_n (GpoMapModel *model)
{
  return model->n;
}

guint
gpo_map_model_n_places (GpoMapModel *model)
{
  return model->places->len;
}

const GpoMapPlace *
gpo_map_model_place (GpoMapModel *model, guint i)
{
  return i < model->places->len ? place_at (model, i) : NULL;
}

guint
gpo_map_model_n_links (GpoMapModel *model)
{
  return model->links->len;
}

const GpoMapLink *
gpo_map_model_link (GpoMapModel *model, guint i)
{
  return &g_array_index (model->links, GpoMapLink, i);
}

guint
gpo_map_model_n_ways (GpoMapModel *model)
{
  return model->ways->len;
}

const GpoMapWay *
gpo_map_model_way (GpoMapModel *model, guint i)
{
  return &g_array_index (model->ways, GpoMapWay, i);
}
