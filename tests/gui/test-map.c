/* SPDX-License-Identifier: MIT */
/* test-map.c: the map shows what the picture says at every n, is laid out for any world, is linked with the
 * other views, and its faults and its clock reach a live office. */
#include "faults.h"
#include "map-view.h"
#include "window-fixture.h"

static GpoMapView *
map (void)
{
  return GPO_MAP_VIEW (gpo_window_get_pane (window, "map"));
}

static GpoMapModel *
model (void)
{
  return gpo_map_view_get_model (map ());
}

static gboolean
has_spots (gpointer data)
{
  return gtk_widget_get_first_child (GTK_WIDGET (map ())) != NULL;
}

static void
show_map (void)
{
  ck_assert (act ("win.view::map"));
  ck_assert (turn_until (has_spots, NULL));
}

static void
setup_map (void)
{
  setup_recorded ();
  show_map ();
}

static void
reset (void)
{
  gpo_cursor_choose (gpo_window_get_cursor (window), GPO_SUBJECT_EVERYTHING, 0);
  gpo_cursor_set_following (gpo_window_get_cursor (window), TRUE);
}

#define N_PLACES 80

static guint64
go_to_place (int i)
{
  GpoCursor *cursor = gpo_window_get_cursor (window);
  gpo_cursor_set_n (cursor, gpo_cursor_get_length (cursor) * (guint64) i / N_PLACES);
  return gpo_cursor_get_n (cursor);
}

static const GpoMapPlace *
host (const char *name)
{
  return gpo_map_model_place (model (), gpo_map_model_host (model (), gpo_symbol (name)));
}

/* --- what is shown --- */

START_TEST (counts_at_n_are_those_of_the_picture)
{
  guint64 n = go_to_place (_i);
  GpoPicture *picture = gpo_cursor_get_picture (gpo_window_get_cursor (window));
  for (guint i = 0; i < gpo_picture_n_hosts (picture); i++)
    {
      const GpoHostTrack *track = gpo_picture_host (picture, i);
      const GpoMapPlace *place = host (track->name);
      g_autoptr (GArray) queue = gpo_picture_queue_at (picture, track, n);
      guint open = 0, lying = 0, shown = 0;
      for (guint k = 0; k < gpo_picture_n_sessions (picture); k++)
        {
          const GpoSessionTrack *session = gpo_picture_session (picture, k);
          open += session->host == track->symbol && session->opened <= n && session->closed > n;
        }
      for (guint k = 0; k < gpo_picture_n_mailboxes (picture); k++)
        {
          const GpoMailboxTrack *mailbox = gpo_picture_mailbox (picture, k);
          g_autoptr (GArray) messages = gpo_picture_mailbox_at (picture, mailbox, n);
          lying += mailbox->host == track->symbol ? messages->len : 0;
        }
      for (guint k = 0; k < place->boxes->len; k++)
        shown += g_array_index (place->boxes, GpoMapBox, k).letters.count;
      ck_assert_uint_eq (place->queue.count, queue->len);
      ck_assert_uint_eq (place->sessions, open);
      ck_assert_uint_eq (shown, lying);
      ck_assert (!place->down);
    }
}
END_TEST

/* Every letter that is under way or at rest is somewhere on the map; one that is no longer is nowhere. */
START_TEST (each_letter_stands_where_it_is)
{
  guint64 n = go_to_place (_i);
  GpoPicture *picture = gpo_cursor_get_picture (gpo_window_get_cursor (window));
  g_auto (GpoMapLayout) layout = { 0 };
  gpo_map_layout_init (&layout, model (), 1000, 500);
  for (guint i = 0; i < gpo_picture_n_letters (picture); i++)
    {
      const GpoLetterTrack *letter = gpo_picture_letter (picture, i);
      guint seen = 0, moving = 0, pale = 0;
      for (guint k = 0; k < layout.tokens->len; k++)
        {
          const GpoMapToken *token = &g_array_index (layout.tokens, GpoMapToken, k);
          seen += token->letter == letter->number;
          moving += token->letter == letter->number && token->moving;
          pale += token->letter == letter->number && token->pale;
        }
      GpoLetterAt at;
      gpo_picture_letter_at (picture, letter, n, &at);
      g_array_unref (at.recipients);
      gboolean lies = g_strcmp0 (at.place, "mailbox") == 0 || g_strcmp0 (at.place, "queued") == 0
                      || g_strcmp0 (at.place, "routed") == 0 || g_strcmp0 (at.place, "sending") == 0
                      || g_strcmp0 (at.place, "deferred") == 0;
      if (letter->first > n)
        ck_assert_uint_eq (seen, 0);
      if (lies)
        ck_assert_msg (seen > pale, "letter %u (%s) is not seen at %u", letter->number, at.place, (guint) n);
      ck_assert_uint_le (moving, 1);
    }
}
END_TEST

START_TEST (letter_goes_towards_the_server)
{
  GpoCursor *cursor = gpo_window_get_cursor (window);
  const GpoLetterTrack *letter = gpo_picture_letter_numbered (gpo_cursor_get_picture (cursor), 1);
  guint32 session = 0;
  double at = 0;
  guint sessions = 0;
  for (guint i = 0; i < letter->events.n; i++)
    {
      gpo_cursor_set_n (cursor, letter->events.events[i]);
      for (guint k = 0; k < gpo_map_model_n_links (model ()); k++)
        {
          const GpoMapLink *link = gpo_map_model_link (model (), k);
          if (link->letter != 1)
            continue;
          if (link->session != session)
            {
              at = 0;
              sessions++;
            }
          ck_assert_msg (link->at >= at && link->at < 1, "at %u the letter goes from %g to %g in session %u",
                         letter->events.events[i], at, link->at, session);
          at = link->at;
          session = link->session;
        }
    }
  ck_assert_uint_eq (sessions, 3); /* to Athens, to the gateway, to Sparta */
}
END_TEST

START_TEST (connection_says_its_protocol_its_state_and_who)
{
  GpoCursor *cursor = gpo_window_get_cursor (window);
  gpo_cursor_set_n (cursor, 48); /* Alice has named her recipients */
  ck_assert_uint_eq (gpo_map_model_n_links (model ()), 1);
  const GpoMapLink *link = gpo_map_model_link (model (), 0);
  ck_assert_str_eq (gpo_map_model_place (model (), link->from)->name, "alice");
  ck_assert_str_eq (gpo_map_model_place (model (), link->to)->name, "athens");
  ck_assert_str_eq (link->state, "rcpt");
  ck_assert_uint_eq (link->protocol, GPO_PROTOCOL_SMTP);
  ck_assert_uint_eq (link->letter, 1);
  g_autofree char *words = gpo_map_link_words (model (), link);
  ck_assert_str_eq (words, "Session 1, smtp, from alice to athens, state rcpt, with letter 1");
  gpo_cursor_set_n (cursor, 13); /* nobody has said who it is */
  ck_assert_int_eq (gpo_map_model_place (model (), gpo_map_model_link (model (), 0)->from)->kind, GPO_PLACE_OUTSIDE);
}
END_TEST

/* --- what can be chosen --- */

START_TEST (each_thing_is_a_spot_with_a_name)
{
  go_to_place (_i);
  guint hosts = 0, sessions = 0, persons = 0;
  for (GtkWidget *w = gtk_widget_get_first_child (GTK_WIDGET (map ())); w; w = gtk_widget_get_next_sibling (w))
    {
      GpoMapSpot *spot = GPO_MAP_SPOT (w);
      hosts += gpo_map_spot_get_kind (spot) == GPO_SPOT_HOST;
      persons += gpo_map_spot_get_kind (spot) == GPO_SPOT_PERSON;
      sessions += gpo_map_spot_get_kind (spot) == GPO_SPOT_SESSION;
      ck_assert_uint_gt (strlen (gpo_map_spot_get_words (spot)), 7);
      ck_assert (gtk_widget_get_focusable (w));
      ck_assert_int_eq (gtk_accessible_get_accessible_role (GTK_ACCESSIBLE (w)), GTK_ACCESSIBLE_ROLE_BUTTON);
    }
  ck_assert_uint_eq (hosts, 3);
  ck_assert_uint_eq (persons, 3);
  ck_assert_uint_eq (sessions, gpo_map_model_n_links (model ()));
}
END_TEST

START_TEST (choosing_moves_the_subject_of_all_views)
{
  GpoCursor *cursor = gpo_window_get_cursor (window);
  guint32 number;
  gpo_map_view_choose (map (), GPO_SPOT_SESSION, 3);
  ck_assert_int_eq (gpo_cursor_get_subject (cursor, &number), GPO_SUBJECT_SESSION);
  ck_assert_uint_eq (number, 3);
  gpo_map_view_choose (map (), GPO_SPOT_LETTER, 2);
  ck_assert_int_eq (gpo_cursor_get_subject (cursor, &number), GPO_SUBJECT_LETTER);
  gpo_map_view_choose (map (), GPO_SPOT_HOST, gpo_symbol ("gateway"));
  ck_assert_int_eq (gpo_cursor_get_subject (cursor, &number), GPO_SUBJECT_HOST);
  const GpoTrack *track = gpo_cursor_get_track (cursor);
  ck_assert_uint_gt (track->n, 50);
  for (guint i = 0; i < track->n; i++)
    ck_assert_str_eq (gpo_symbol_name (gpo_log_get (gpo_cursor_get_log (cursor), track->events[i])->host), "gateway");
  ck_assert_uint_eq (
      g_list_model_get_n_items (G_LIST_MODEL (gpo_transcript_view_get_model (gpo_window_get_transcript (window)))),
      track->n);
}
END_TEST

/* --- any world --- */

typedef struct
{
  const char *name;
  guint towns, gateways, persons, outside;
} World;

static const World worlds[] = {
  { "one host with nobody", 1, 0, 0, 1 },
  { "one town", 1, 0, 2, 1 },
  { "two towns", 2, 0, 1, 1 },
  { "two towns and a gateway", 2, 1, 2, 1 },
  { "three towns", 3, 0, 2, 1 },
  { "six towns", 6, 0, 2, 1 },
  { "six towns and two gateways", 6, 2, 3, 1 },
  { "a gateway alone", 0, 1, 0, 1 },
  { "a town and a gateway", 1, 1, 3, 1 },
  { "a class of thirty in one town", 1, 0, 30, 1 },
  { "twenty towns", 20, 1, 1, 1 },
};

static void
say_host (GpoLog *log, const char *name, const char *type, guint persons)
{
  GpoEventBuilder b;
  g_autofree char *domain = g_strconcat (name, ".example", NULL);
  gpo_event_begin (&b, GPO_KIND_OFFICE);
  b.event.host = gpo_symbol (name);
  gpo_event_add_text (&b, GPO_FIELD_ACTION, "host", -1);
  gpo_event_add_text (&b, GPO_FIELD_DOMAIN, domain, -1);
  gpo_event_add_text (&b, GPO_FIELD_ROLES, "smtp:1 imap:2", -1);
  gpo_event_add_text (&b, GPO_FIELD_TYPE, type, -1);
  gpo_log_append (log, &b);
  for (guint i = 0; i < persons; i++)
    {
      g_autofree char *login = g_strdup_printf ("p%u", i);
      gpo_event_begin (&b, GPO_KIND_OFFICE);
      b.event.host = gpo_symbol (name);
      gpo_event_add_text (&b, GPO_FIELD_ACTION, "person", -1);
      gpo_event_add_text (&b, GPO_FIELD_PERSON, login, -1);
      gpo_log_append (log, &b);
    }
}

static GpoLog *
say_world (const World *world)
{
  GpoLog *log = gpo_log_new ();
  GpoEventBuilder b;
  gpo_event_begin (&b, GPO_KIND_OFFICE);
  gpo_event_add_text (&b, GPO_FIELD_ACTION, "start", -1);
  gpo_event_add_text (&b, GPO_FIELD_TITLE, world->name, -1);
  gpo_log_append (log, &b);
  for (guint i = 0; i < world->towns + world->gateways; i++)
    {
      g_autofree char *name = g_strdup_printf ("h%u", i);
      say_host (log, name, i < world->towns ? "town" : "gateway", i < world->towns ? world->persons : 0);
    }
  return log;
}

static gboolean
overlap (const cairo_rectangle_t *a, const cairo_rectangle_t *b)
{
  return a->x < b->x + b->width - 0.5 && b->x < a->x + a->width - 0.5 && a->y < b->y + b->height - 0.5
         && b->y < a->y + a->height - 0.5;
}

static const struct
{
  double width, height;
} areas[] = { { 970, 390 }, { 1600, 900 }, { 360, 200 }, { 600, 900 } };

/* Nothing covers anything else, and all is on the sheet. */
static void
check_layout (GpoMapModel *m, const char *name)
{
  for (guint a = 0; a < G_N_ELEMENTS (areas); a++)
    {
      g_auto (GpoMapLayout) layout = { 0 };
      gpo_map_layout_init (&layout, m, areas[a].width, areas[a].height);
      for (guint i = 0; i < gpo_map_model_n_places (m); i++)
        {
          const GpoMapFrame *f = gpo_map_layout_frame (&layout, i);
          if (!f->shown)
            continue;
          ck_assert_msg (f->whole.x >= 0 && f->whole.y >= 0
                             && (f->whole.x + f->whole.width) * layout.scale <= areas[a].width + 1
                             && (f->whole.y + f->whole.height) * layout.scale <= areas[a].height + 1,
                         "%s: %s is not on the sheet of %g × %g", name, gpo_map_model_place (m, i)->name, areas[a].width,
                         areas[a].height);
          for (guint k = 0; k < i; k++)
            if (gpo_map_layout_frame (&layout, k)->shown)
              ck_assert_msg (!overlap (&f->whole, &gpo_map_layout_frame (&layout, k)->whole), "%s: %s covers %s", name,
                             gpo_map_model_place (m, i)->name, gpo_map_model_place (m, k)->name);
        }
    }
}

START_TEST (any_world_is_laid_out)
{
  const World *world = &worlds[_i];
  g_autoptr (GpoLog) log = say_world (world);
  g_autoptr (GpoPicture) picture = gpo_picture_new (log);
  gpo_picture_update (picture, 0);
  g_autoptr (GpoMapModel) m = gpo_map_model_new (picture);
  gpo_map_model_set_n (m, gpo_log_length (log) - 1);
  ck_assert_uint_eq (gpo_map_model_n_places (m),
                     world->towns + world->gateways + world->towns * world->persons + world->outside);
  check_layout (m, world->name);
  gpo_map_model_set_n (m, 0); /* before anything has happened the places stand already */
  check_layout (m, world->name);
}
END_TEST

/* A session of strangers: a client, and a server that no office has described. */
START_TEST (foreign_session_shows_client_and_server)
{
  g_autoptr (GpoLog) log = gpo_log_new ();
  GpoEventBuilder b;
  gpo_event_begin (&b, GPO_KIND_CONNECT);
  b.event.host = gpo_symbol ("mail.example");
  b.event.protocol = GPO_PROTOCOL_SMTP;
  b.event.session = 1;
  gpo_event_add_text (&b, GPO_FIELD_SIDE, "server", -1);
  gpo_log_append (log, &b);
  g_autoptr (GpoPicture) picture = gpo_picture_new (log);
  gpo_picture_update (picture, 0);
  g_autoptr (GpoMapModel) m = gpo_map_model_new (picture);
  gpo_map_model_set_n (m, 0);
  ck_assert_uint_eq (gpo_map_model_n_places (m), 2);
  ck_assert_uint_eq (gpo_map_model_n_links (m), 1);
  ck_assert_str_eq (gpo_map_model_place (m, gpo_map_model_link (m, 0)->from)->name, "clients");
  ck_assert_str_eq (gpo_map_model_place (m, gpo_map_model_link (m, 0)->to)->name, "mail.example");
  check_layout (m, "foreign");
}
END_TEST

static void
say_session (GpoLog *log, guint32 number, const char *host, const char *side, const char *caller)
{
  GpoEventBuilder b;
  gpo_event_begin (&b, GPO_KIND_CONNECT);
  b.event.host = gpo_symbol (host);
  b.event.protocol = GPO_PROTOCOL_IMAP;
  b.event.session = number;
  gpo_event_add_text (&b, GPO_FIELD_SIDE, side, -1);
  if (caller)
    gpo_event_add_text (&b, GPO_FIELD_NAME, caller, -1);
  gpo_log_append (log, &b);
}

static void
say_connect (GpoLog *log, const char *host, const char *side, const char *caller)
{
  say_session (log, 1, host, side, caller);
}

/* A person's reader calls under her login, and tells its own end too: the person calls, and no host is called so. */
START_TEST (a_persons_reader_is_the_person)
{
  g_autoptr (GpoLog) log = say_world (&worlds[3]);
  say_connect (log, "p1", "client", NULL);
  say_connect (log, "h1", "server", "p1");
  g_autoptr (GpoPicture) picture = gpo_picture_new (log);
  gpo_picture_update (picture, 0);
  g_autoptr (GpoMapModel) m = gpo_map_model_new (picture);
  gpo_map_model_set_n (m, gpo_log_length (log) - 1);
  ck_assert_uint_eq (gpo_picture_n_hosts (picture), 3);
  ck_assert_uint_eq (gpo_map_model_n_places (m), 3 + 4 + 1);
  ck_assert_uint_eq (gpo_map_model_n_links (m), 1);
  const GpoMapPlace *caller = gpo_map_model_place (m, gpo_map_model_link (m, 0)->from);
  ck_assert_int_eq (caller->kind, GPO_PLACE_PERSON);
  ck_assert_str_eq (caller->name, "p1");
  ck_assert_uint_eq (caller->host, gpo_symbol ("h1"));
  ck_assert_str_eq (gpo_map_model_place (m, gpo_map_model_link (m, 0)->to)->name, "h1");
}
END_TEST

/* A host may be called as a person is, and be told of after her. */
START_TEST (a_host_with_a_persons_name_is_a_host)
{
  g_autoptr (GpoLog) log = say_world (&worlds[3]);
  say_host (log, "p1", "town", 0);
  say_connect (log, "p1", "server", "h0");
  g_autoptr (GpoPicture) picture = gpo_picture_new (log);
  gpo_picture_update (picture, 0);
  g_autoptr (GpoMapModel) m = gpo_map_model_new (picture);
  gpo_map_model_set_n (m, gpo_log_length (log) - 1);
  ck_assert_uint_eq (gpo_picture_n_hosts (picture), 4);
  const GpoMapPlace *server = gpo_map_model_place (m, gpo_map_model_link (m, 0)->to);
  ck_assert_int_eq (server->kind, GPO_PLACE_HOST);
  ck_assert_str_eq (server->name, "p1");
}
END_TEST

static cairo_rectangle_t
label_area (const GpoMapLabel *label)
{
  double height = 14 * label->lines;
  return (cairo_rectangle_t){ label->x - label->width / 2, label->y + 7 - height, label->width, height };
}

/* Each of four readers reads in three sessions: who has no room for a label has none. */
START_TEST (no_label_covers_another)
{
  g_autoptr (GpoLog) log = say_world (&(World){ "many readers", 2, 1, 2, 1 });
  for (guint32 i = 0; i < 12; i++)
    {
      g_autofree char *person = g_strdup_printf ("p%u", i % 2);
      say_session (log, i + 1, i % 4 < 2 ? "h0" : "h1", "server", person);
    }
  g_autoptr (GpoPicture) picture = gpo_picture_new (log);
  gpo_picture_update (picture, 0);
  g_autoptr (GpoMapModel) m = gpo_map_model_new (picture);
  gpo_map_model_set_n (m, gpo_log_length (log) - 1);
  ck_assert_uint_eq (gpo_map_model_n_links (m), 12);
  g_auto (GpoMapLayout) layout = { 0 };
  gpo_map_layout_init (&layout, m, areas[_i].width, areas[_i].height);
  guint n_shown = 0;
  for (guint i = 0; i < 12; i++)
    {
      const GpoMapLabel *label = gpo_map_layout_label (&layout, i);
      cairo_rectangle_t area = label_area (label);
      n_shown += label->shown;
      for (guint k = 0; k < i && label->shown; k++)
        {
          cairo_rectangle_t other = label_area (gpo_map_layout_label (&layout, k));
          ck_assert_msg (!gpo_map_layout_label (&layout, k)->shown || !overlap (&area, &other), "%u covers %u", i, k);
        }
    }
  ck_assert_uint_ge (n_shown, 4);
}
END_TEST

static const struct
{
  const char *name;
  guint count, n_shown, room;
} piles[] = {
  { "bob", 4, 4, 4 }, { "alice", 7, 4, 3 }, { "alice", 70, 4, 3 },  { "a-login-as-long-as-a-class-list", 9, 4, 1 },
  { "bob", 1, 1, 1 }, { "bob", 0, 0, 1 },   { "mallory", 4, 4, 3 },
};

/* The name of a mailbox is never cut to make room for one more envelope. */
START_TEST (name_goes_before_envelopes)
{
  GpoMapPile pile = { .count = piles[_i].count, .n_shown = piles[_i].n_shown };
  ck_assert_uint_eq (gpo_map_pile_room (&pile, piles[_i].name, 188), piles[_i].room);
}
END_TEST

START_TEST (crowd_of_sessions_is_counted_not_drawn)
{
  g_autoptr (GpoLog) log = say_world (&worlds[1]);
  for (guint i = 1; i <= 500; i++)
    {
      GpoEventBuilder b;
      gpo_event_begin (&b, GPO_KIND_CONNECT);
      b.event.host = gpo_symbol ("h0");
      b.event.session = i;
      gpo_event_add_text (&b, GPO_FIELD_SIDE, "server", -1);
      gpo_log_append (log, &b);
    }
  g_autoptr (GpoPicture) picture = gpo_picture_new (log);
  gpo_picture_update (picture, 0);
  g_autoptr (GpoMapModel) m = gpo_map_model_new (picture);
  gpo_map_model_set_n (m, gpo_log_length (log) - 1);
  ck_assert_uint_eq (gpo_map_model_place (m, 0)->sessions, 500);
  ck_assert_uint_eq (gpo_map_model_n_links (m), 3);
  ck_assert_uint_eq (gpo_map_model_link (m, 2)->more, 497);
  ck_assert_uint_eq (gpo_map_model_link (m, 0)->session, 500); /* the newest are shown */
}
END_TEST

/* --- live --- */

static void
setup_live (void)
{
  setup_office ();
  show_map ();
}

/* The filter of an event to come, and from where on. */
typedef struct
{
  const char *filter;
  guint64 from;
} Wanted;

static gboolean
has_event (gpointer data)
{
  Wanted *wanted = data;
  g_autoptr (GpoFilter) filter = gpo_filter_parse (wanted->filter, NULL, NULL);
  GpoCursor *cursor = gpo_window_get_cursor (window);
  for (guint64 n = wanted->from; n < gpo_cursor_get_length (cursor); n++)
    if (gpo_filter_match_at (filter, gpo_cursor_get_log (cursor), n))
      return TRUE;
  return FALSE;
}

static void
await (const char *filter)
{
  Wanted wanted = { filter, 0 };
  ck_assert_msg (turn_until (has_event, &wanted), "no event: %s", filter);
}

static gboolean
is_enabled (const char *action)
{
  return g_action_group_get_action_enabled (G_ACTION_GROUP (window), action);
}

static guint32
send_letter (void)
{
  static const char text[] = "From: Alice <alice@athens.example>\r\nSubject: x\r\n\r\nHello.\r\n";
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, sizeof text - 1);
  const char *const to[] = { "bob@sparta.example", NULL };
  g_autoptr (GError) error = NULL;
  guint32 number = gpo_office_send (gpo_source_get_office (gpo_window_get_source (window)), "athens", "alice@athens.example",
                                    to, bytes, &error);
  ck_assert_msg (number != 0, "%s", error ? error->message : "");
  return number;
}

START_TEST (host_goes_down_and_comes_up_by_the_menu)
{
  ck_assert (!is_enabled ("host-down"));
  ck_assert (is_enabled ("clock-skip"));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.host", "s", "gateway");
  ck_assert (is_enabled ("host-down"));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.host-down", NULL);
  await ("office and action = down and host = gateway");
  ck_assert (host ("gateway")->down);
  ck_assert (!host ("sparta")->down);
  ck_assert (g_variant_get_boolean (g_action_group_get_action_state (G_ACTION_GROUP (window), "host-down")));
  g_autofree char *words = gpo_map_place_words (model (), host ("gateway"));
  ck_assert_ptr_nonnull (strstr (words, "DOWN"));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.host-down", NULL);
  await ("office and action = up and host = gateway");
  ck_assert (!host ("gateway")->down);
}
END_TEST

static const struct
{
  const char *fault, *acts; /* the event that shows it */
} acting[] = {
  { "slow", "fault and host = gateway and session and action ~ delay" },
  { "rcpt-451", "line and host = gateway and verb = RCPT and code = 451" },
  { "rcpt-550", "line and host = gateway and verb = RCPT and code = 550" },
  { "drop-data", "close and host = gateway and session = 1" },
};

START_TEST (fault_of_the_menu_acts_and_is_told)
{
  g_autofree char *name = g_strconcat (acting[_i].fault, "-gateway", NULL);
  g_autofree char *set = g_strdup_printf ("fault and host = gateway and name = %s and state = set", name);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.host", "s", "gateway");
  gtk_widget_activate_action (GTK_WIDGET (window), "win.fault", "s", acting[_i].fault);
  await (set);
  ck_assert_uint_eq (host ("gateway")->rules->len, 1);
  ck_assert_str_eq (host ("gateway")->rules->pdata[0], name);
  send_letter ();
  await (acting[_i].acts);
  if (_i == 0)
    {
      gtk_widget_activate_action (GTK_WIDGET (window), "win.fault", "s", "clear");
      await ("fault and host = gateway and state = cleared");
    }
  else
    await ("fault and host = gateway and state = spent");
  ck_assert_uint_eq (host ("gateway")->rules->len, 0);
}
END_TEST

START_TEST (clock_skips_to_the_next_retry)
{
  gtk_widget_activate_action (GTK_WIDGET (window), "win.host", "s", "gateway");
  gtk_widget_activate_action (GTK_WIDGET (window), "win.fault", "s", "rcpt-451");
  await ("fault and state = set");
  send_letter ();
  await ("queue and host = athens and state = deferred");
  ck_assert_uint_eq (host ("athens")->queue.n_shown, 1);
  ck_assert (host ("athens")->queue.late[0]);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.clock-skip", NULL);
  await ("clock and action = skip");
  await ("mailbox and host = sparta and action = deliver");
  gtk_widget_activate_action (GTK_WIDGET (window), "win.clock-speed", "s", "60");
  await ("clock and action = speed and speed = 60");
  g_autoptr (GVariant) speed = g_action_group_get_action_state (G_ACTION_GROUP (window), "clock-speed");
  ck_assert_str_eq (g_variant_get_string (speed, NULL), "60");
}
END_TEST

START_TEST (a_file_takes_no_faults)
{
  gtk_widget_activate_action (GTK_WIDGET (window), "win.host", "s", "athens");
  ck_assert (!is_enabled ("host-down"));
  ck_assert (!is_enabled ("fault"));
  ck_assert (!is_enabled ("clock-skip"));
  ck_assert (!is_enabled ("clock-speed"));
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("map");
  TCase *file = tcase_create ("file"), *pure = tcase_create ("worlds"), *live = tcase_create ("live");
  tcase_add_unchecked_fixture (file, setup_map, teardown_window);
  tcase_add_checked_fixture (file, reset, NULL);
  tcase_set_timeout (file, 60);
  tcase_add_loop_test (file, counts_at_n_are_those_of_the_picture, 0, N_PLACES);
  tcase_add_loop_test (file, each_letter_stands_where_it_is, 0, N_PLACES);
  tcase_add_test (file, letter_goes_towards_the_server);
  tcase_add_test (file, connection_says_its_protocol_its_state_and_who);
  tcase_add_loop_test (file, each_thing_is_a_spot_with_a_name, 0, N_PLACES);
  tcase_add_test (file, choosing_moves_the_subject_of_all_views);
  tcase_add_test (file, a_file_takes_no_faults);
  suite_add_tcase (s, file);
  tcase_add_loop_test (pure, any_world_is_laid_out, 0, G_N_ELEMENTS (worlds));
  tcase_add_test (pure, foreign_session_shows_client_and_server);
  tcase_add_test (pure, a_persons_reader_is_the_person);
  tcase_add_test (pure, a_host_with_a_persons_name_is_a_host);
  tcase_add_test (pure, crowd_of_sessions_is_counted_not_drawn);
  tcase_add_loop_test (pure, no_label_covers_another, 0, G_N_ELEMENTS (areas));
  tcase_add_loop_test (pure, name_goes_before_envelopes, 0, G_N_ELEMENTS (piles));
  suite_add_tcase (s, pure);
  tcase_add_checked_fixture (live, setup_live, teardown_window);
  tcase_set_timeout (live, 60);
  tcase_add_test (live, host_goes_down_and_comes_up_by_the_menu);
  tcase_add_loop_test (live, fault_of_the_menu_acts_and_is_told, 0, G_N_ELEMENTS (acting));
  tcase_add_test (live, clock_skips_to_the_next_retry);
  suite_add_tcase (s, live);
  return s;
}

#include "check-main.h"
