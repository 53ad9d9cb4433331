/* SPDX-License-Identifier: MIT */
/* letter-pane.c: one letter, its facts at n, and what is lit of it.
 *
 * Facts are gathered anew only when the cursor passes an event of the letter, and only while the pane is
 * seen; now and then only while the end of a growing trace is followed. */
#include "letter-pane.h"
#include "event-words.h"
#include "i18n.h"
#include "said-words.h"
#include "letter-columns.h"
#include "letter/safe-name.h"
#include "replay/letter-words.h"
#include <string.h>

struct _GpoLetterPane
{
  GtkWidget parent_instance;
  GtkLabel *title, *transfer_label, *lit_label;
  GtkWidget *nothing, *lit_bar, *go;
  GtkStack *tabs;
  GtkPaned *parts_split;
  GtkListBox *lists[3]; /* envelope, header, parts */
  GpoPartView *part_view;
  GpoBytesView *strip, *bytes;
  GpoHopsView *hops;
  GpoCursor *cursor;
  GpoLetterFacts *facts;
  guint32 number; /* shown now */
  guint events;   /* of it, not later than n */
  gint transfer;  /* wanted */
  gsize limit;    /* to read */
  gboolean hops_fresh;
  guint64 lit_event;
  gint part;
  guint tick;
};

G_DEFINE_FINAL_TYPE (GpoLetterPane, gpo_letter_pane, GTK_TYPE_WIDGET)

/* --- what is lit --- */

/* What brought the bytes, or said the line. */
static char *
event_words (GpoLetterPane *pane, guint64 n, const GpoEvent *event)
{
  const GpoTransfer *transfer = pane->facts ? gpo_letter_facts_transfer (pane->facts) : NULL;
  g_autofree char *way = transfer ? gpo_transfer_words (transfer) : NULL;
  if (event->kind == GPO_KIND_DATA && way)
    return g_strdup_printf (_ ("brought by event %lu, data, %s, session %u"), (gulong) n, way,
                            event->session);
  if (event->kind == GPO_KIND_LETTER)
    return g_strdup_printf (_ ("put there by %s at event %lu"), gpo_symbol_name (event->host), (gulong) n);
  return gpo_event_line (gpo_cursor_get_log (pane->cursor), n, event);
}

static void
say (GpoLetterPane *pane, const char *text, guint64 event)
{
  const GpoEvent *at = event == G_MAXUINT64 ? NULL : gpo_log_get (gpo_cursor_get_log (pane->cursor), event);
  g_autofree char *shown = gpo_shown_text (text, strlen (text));
  g_autofree char *line = at ? event_words (pane, event, at) : NULL;
  g_autofree char *brought = at ? g_strdup_printf ("%s — %s", shown, line) : g_strdup (shown);
  pane->lit_event = at ? event : G_MAXUINT64;
  gtk_label_set_text (pane->lit_label, brought);
  gtk_widget_set_tooltip_text (GTK_WIDGET (pane->lit_label), brought);
  gtk_widget_set_sensitive (pane->go, at != NULL);
}

static void
light (GpoLetterPane *pane, GpoSpan span, gboolean show)
{
  gpo_bytes_view_light (pane->strip, span, TRUE);
  gpo_bytes_view_light (pane->bytes, span, show);
}

/* Where the bytes are, in words. */
static char *
span_words (GpoLetterPane *pane, GpoSpan span)
{
  gsize wire = gpo_letter_bytes_to_wire (pane->facts->bytes, span.start);
  if (wire == G_MAXSIZE)
    return g_strdup_printf (_ ("bytes %zu to %zu as stored, not on the wire"), span.start,
                            GPO_SPAN_END (span));
  if (wire == span.start)
    return g_strdup_printf (_ ("bytes %zu to %zu"), span.start, GPO_SPAN_END (span));
  return g_strdup_printf (_ ("bytes %zu to %zu as stored, from %zu on the wire"), span.start,
                          GPO_SPAN_END (span), wire);
}

static void
point_at (GpoLetterPane *pane, gsize place, gboolean show)
{
  GpoSpan span;
  if (!pane->facts || !pane->facts->bytes)
    return;
  g_autofree char *words = gpo_place_words (pane->facts, place, &span);
  g_autofree char *where = span_words (pane, span);
  g_autofree char *text = g_strdup_printf ("%s: %s", words, where);
  light (pane, span, show);
  say (pane, text, gpo_transfer_event (gpo_letter_facts_transfer (pane->facts), pane->facts->bytes, place));
}

void
gpo_letter_pane_point (GpoLetterPane *pane, gsize place)
{
  for (int i = 0;; i++) /* its row in the list of fields is marked, too */
    {
      GtkListBoxRow *row = gtk_list_box_get_row_at_index (pane->lists[1], i);
      const GpoLetterRow *about = gpo_letter_row_get (row);
      if (about && place >= about->span.start && place < GPO_SPAN_END (about->span))
        {
          gtk_list_box_select_row (pane->lists[1], row);
          gtk_widget_grab_focus (GTK_WIDGET (row));
        }
      if (!row || (about && place < GPO_SPAN_END (about->span)))
        break;
    }
  point_at (pane, place, TRUE);
}

static void
point_at_row (GpoLetterPane *pane, const GpoLetterRow *row)
{
  if (row->span.length && pane->facts && pane->facts->bytes)
    {
      point_at (pane, row->span.start, TRUE);
      light (pane, row->span, TRUE);
    }
  else
    {
      light (pane, (GpoSpan){ 0, 0 }, FALSE);
      say (pane, row->event == G_MAXUINT64 ? _ ("nothing on the wire brought it") : _ ("said in the session"),
           row->event);
    }
}

static void
go_to_event (GpoLetterPane *pane)
{
  if (pane->lit_event != G_MAXUINT64)
    gpo_cursor_set_n (pane->cursor, pane->lit_event);
}

static void
on_pointed (GpoLetterPane *pane, guint64 place, gboolean chosen)
{
  point_at (pane, (gsize) place, FALSE);
  if (chosen)
    go_to_event (pane);
}

static void
on_row_selected (GpoLetterPane *pane, GtkListBoxRow *row)
{
  const GpoLetterRow *about = gpo_letter_row_get (row);
  if (!about)
    return;
  point_at_row (pane, about);
  if (about->part >= 0 && about->part != pane->part)
    {
      pane->part = about->part;
      gpo_part_view_show (pane->part_view, pane->facts, pane->part);
    }
}

static void
on_row_activated (GpoLetterPane *pane, GtkListBoxRow *row)
{
  on_row_selected (pane, row);
  go_to_event (pane);
}

static void
on_list_motion (GtkEventControllerMotion *motion, double x, double y, gpointer data)
{
  GtkListBox *list = GTK_LIST_BOX (gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (motion)));
  const GpoLetterRow *about = gpo_letter_row_get (gtk_list_box_get_row_at_y (list, (int) y));
  if (about)
    point_at_row (data, about);
}

/* --- showing --- */

static void
show_title (GpoLetterPane *pane)
{
  const GpoLetterFacts *facts = pane->facts;
  const GpoTransfer *transfer = gpo_letter_facts_transfer (facts);
  const char *subject = gpo_letter_facts_field (facts, "Subject");
  g_autofree char *shown = subject ? gpo_shown_text (subject, strlen (subject)) : NULL;
  g_autofree char *size = gpo_letter_size_words (facts);
  g_autofree char *read = facts->bytes && facts->bytes->cut
                              ? gpo_size_words ((gint64) g_bytes_get_size (facts->bytes->stored))
                              : NULL;
  g_autofree char *cut = read ? g_strdup_printf (_ (" · the first %s are read"), read) : g_strdup ("");
  g_autofree char *text
      = g_strdup_printf (_ ("Letter %u%s%s · %s%s%s · %s%s"), facts->number, shown ? " · " : "",
                         shown ? shown : "", facts->place ? facts->place : "", facts->host ? _ (" at ") : "",
                         facts->host ? facts->host : "", size, cut);
  g_autofree char *words = transfer ? gpo_transfer_words (transfer) : gpo_letter_size_words (facts);
  g_autofree char *count
      = transfer
            ? g_strdup_printf ("%d/%u  %s%s", facts->transfer + 1, facts->transfers->len, words,
                               transfer->whole == G_MAXUINT64 && transfer->session ? _ (" (not whole)") : "")
            : g_steal_pointer (&words);
  gtk_label_set_text (pane->title, text);
  gtk_label_set_text (pane->transfer_label, count);
}

static void
show_hops (GpoLetterPane *pane)
{
  if (pane->hops_fresh || g_strcmp0 (gtk_stack_get_visible_child_name (pane->tabs), "hops") != 0)
    return;
  pane->hops_fresh = TRUE;
  gpo_hops_view_show (pane->hops, gpo_cursor_get_picture (pane->cursor), pane->facts);
}

/* The part a reader wants first: the first text. */
static gint
first_part (const GpoLetterFacts *facts)
{
  for (guint i = 0; i < facts->parts->len; i++)
    {
      const GpoPartFact *part = facts->parts->pdata[i];
      if (facts->anatomy.parts[part->index].kind == GPO_PART_LEAF && g_str_has_prefix (part->type, "text/"))
        return (gint) i;
    }
  return facts->parts->len ? 0 : -1;
}

static void
show_all (GpoLetterPane *pane)
{
  GpoLetterFacts *facts = pane->facts;
  gtk_widget_set_visible (pane->nothing, !facts);
  gtk_widget_set_visible (GTK_WIDGET (pane->tabs), facts != NULL);
  gtk_widget_set_visible (pane->lit_bar, facts != NULL);
  gpo_bytes_view_set_facts (pane->strip, facts);
  gpo_bytes_view_set_facts (pane->bytes, facts);
  pane->hops_fresh = FALSE;
  pane->lit_event = G_MAXUINT64;
  gtk_widget_set_sensitive (pane->go, FALSE);
  if (!facts)
    {
      gtk_label_set_text (pane->title, "");
      gtk_label_set_text (pane->transfer_label, "");
      gpo_hops_view_show (pane->hops, NULL, NULL);
      gpo_part_view_show (pane->part_view, NULL, -1);
      return;
    }
  if (pane->part < 0 || pane->part >= (gint) facts->parts->len)
    pane->part = first_part (facts);
  show_title (pane);
  gpo_letter_show_envelope (pane->lists[0], facts, gpo_cursor_get_log (pane->cursor));
  gpo_letter_show_header (pane->lists[1], facts);
  gpo_letter_show_parts (pane->lists[2], facts);
  gpo_part_view_show (pane->part_view, facts, pane->part);
  gtk_label_set_text (pane->lit_label,
                      _ ("Point at a field, a part or a byte: here stands what it is and what brought it."));
  show_hops (pane);
}

static void
refresh (GpoLetterPane *pane, gboolean anew)
{
  GpoPicture *picture = gpo_cursor_get_picture (pane->cursor);
  guint64 n = gpo_cursor_get_n (pane->cursor);
  guint32 number = gpo_cursor_get_letter (pane->cursor);
  const GpoLetterTrack *letter = number ? gpo_picture_letter_numbered (picture, number) : NULL;
  guint events = letter ? gpo_track_until (&letter->events, n) : 0;
  if (!anew && pane->number == number && pane->events == events)
    return;
  if (pane->number != number)
    {
      pane->transfer = GPO_TRANSFER_NEWEST;
      pane->limit = GPO_LETTER_READ;
      pane->part = -1;
    }
  pane->number = number;
  pane->events = events;
  GpoLetterFacts *old = pane->facts;
  pane->facts = events ? gpo_letter_facts_new_at (picture, letter, n, pane->transfer, pane->limit) : NULL;
  show_all (pane);
  g_clear_pointer (&old, gpo_letter_facts_free);
}

static gboolean
on_tick (gpointer data)
{
  GpoLetterPane *pane = data;
  pane->tick = 0;
  refresh (pane, FALSE);
  return G_SOURCE_REMOVE;
}

/* A pane that nobody sees does not keep up; it does when it is seen again. */
static void
on_moved (GpoLetterPane *pane)
{
  if (!gtk_widget_get_mapped (GTK_WIDGET (pane)))
    return;
  if (!gpo_cursor_get_following (pane->cursor))
    {
      g_clear_handle_id (&pane->tick, g_source_remove);
      refresh (pane, FALSE);
    }
  else if (!pane->tick)
    pane->tick = g_timeout_add_full (G_PRIORITY_DEFAULT_IDLE - 50, GPO_LETTER_FOLLOW_MS, on_tick, pane, NULL);
}

static void
gpo_letter_pane_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (gpo_letter_pane_parent_class)->map (widget);
  if (GPO_LETTER_PANE (widget)->cursor)
    refresh (GPO_LETTER_PANE (widget), FALSE);
}

/* --- for actions and tests --- */

const GpoLetterFacts *
gpo_letter_pane_get_facts (GpoLetterPane *pane)
{
  g_clear_handle_id (&pane->tick, g_source_remove);
  refresh (pane, FALSE);
  return pane->facts;
}

GpoCursor *
gpo_letter_pane_get_cursor (GpoLetterPane *pane)
{
  return pane->cursor;
}

void
gpo_letter_pane_set_tab (GpoLetterPane *pane, const char *name)
{
  gtk_stack_set_visible_child_name (pane->tabs, name);
}

void
gpo_letter_pane_set_transfer (GpoLetterPane *pane, gint transfer)
{
  pane->transfer = transfer;
  refresh (pane, TRUE);
}

void
gpo_letter_pane_set_form (GpoLetterPane *pane, GpoRowsForm form, gboolean hex)
{
  gpo_bytes_view_set_form (pane->bytes, form, hex);
}

void
gpo_letter_pane_read_all (GpoLetterPane *pane)
{
  pane->limit = 0;
  refresh (pane, TRUE);
}

guint64
gpo_letter_pane_get_event (GpoLetterPane *pane)
{
  return pane->lit_event;
}

gint
gpo_letter_pane_get_part (GpoLetterPane *pane)
{
  return pane->part;
}

void
gpo_letter_pane_choose_part (GpoLetterPane *pane, gint part)
{
  gtk_list_box_select_row (pane->lists[2], gtk_list_box_get_row_at_index (pane->lists[2], part));
}

const char *
gpo_letter_pane_get_lit_text (GpoLetterPane *pane)
{
  return gtk_label_get_text (pane->lit_label);
}

GpoBytesView *
gpo_letter_pane_get_bytes (GpoLetterPane *pane)
{
  return pane->bytes;
}

GpoHopsView *
gpo_letter_pane_get_hops (GpoLetterPane *pane)
{
  return pane->hops;
}

GtkListBox *
gpo_letter_pane_get_list (GpoLetterPane *pane, const char *name)
{
  return pane->lists[strcmp (name, "envelope") == 0 ? 0 : strcmp (name, "header") == 0 ? 1 : 2];
}

/* --- the object --- */

static void
gpo_letter_pane_dispose (GObject *object)
{
  GpoLetterPane *pane = GPO_LETTER_PANE (object);
  GtkWidget *child;
  g_clear_handle_id (&pane->tick, g_source_remove);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))))
    gtk_widget_unparent (child);
  g_clear_pointer (&pane->facts, gpo_letter_facts_free);
  g_clear_object (&pane->cursor);
  G_OBJECT_CLASS (gpo_letter_pane_parent_class)->dispose (object);
}

static void
gpo_letter_pane_class_init (GpoLetterPaneClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  g_type_ensure (GPO_TYPE_BYTES_VIEW);
  g_type_ensure (GPO_TYPE_PART_VIEW);
  g_type_ensure (GPO_TYPE_HOPS_VIEW);
  G_OBJECT_CLASS (class)->dispose = gpo_letter_pane_dispose;
  widget_class->map = gpo_letter_pane_map;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/glasspost/Glasspost/letter-pane.ui");
#define BIND(name, member)                                                                                   \
  gtk_widget_class_bind_template_child_full (widget_class, name, FALSE,                                      \
                                             G_STRUCT_OFFSET (GpoLetterPane, member))
  BIND ("title", title);
  BIND ("transfer", transfer_label);
  BIND ("lit", lit_label);
  BIND ("nothing", nothing);
  BIND ("lit_bar", lit_bar);
  BIND ("go", go);
  BIND ("tabs", tabs);
  BIND ("parts_split", parts_split);
  BIND ("envelope", lists[0]);
  BIND ("header", lists[1]);
  BIND ("parts", lists[2]);
  BIND ("part", part_view);
  BIND ("strip", strip);
  BIND ("bytes", bytes);
  BIND ("hops", hops);
#undef BIND
  gtk_widget_class_set_css_name (widget_class, "letter-pane");
}

static void
gpo_letter_pane_init (GpoLetterPane *pane)
{
  gtk_widget_init_template (GTK_WIDGET (pane));
  pane->transfer = GPO_TRANSFER_NEWEST;
  pane->limit = GPO_LETTER_READ;
  pane->part = -1;
  pane->lit_event = G_MAXUINT64;
  for (guint i = 0; i < G_N_ELEMENTS (pane->lists); i++)
    {
      GtkEventController *motion = gtk_event_controller_motion_new ();
      g_signal_connect (motion, "motion", G_CALLBACK (on_list_motion), pane);
      gtk_widget_add_controller (GTK_WIDGET (pane->lists[i]), motion);
      g_signal_connect_swapped (pane->lists[i], "row-selected", G_CALLBACK (on_row_selected), pane);
      g_signal_connect_swapped (pane->lists[i], "row-activated", G_CALLBACK (on_row_activated), pane);
    }
  g_signal_connect_swapped (pane->strip, "pointed", G_CALLBACK (on_pointed), pane);
  g_signal_connect_swapped (pane->bytes, "pointed", G_CALLBACK (on_pointed), pane);
  g_signal_connect_swapped (pane->hops, "pointed", G_CALLBACK (on_pointed), pane);
  g_signal_connect_swapped (pane->tabs, "notify::visible-child", G_CALLBACK (show_hops), pane);
}

void
gpo_letter_pane_attach (GpoLetterPane *pane, GpoWindow *window)
{
  g_return_if_fail (!pane->cursor);
  pane->cursor = g_object_ref (gpo_window_get_cursor (window));
  g_signal_connect_object (pane->cursor, "notify::n", G_CALLBACK (on_moved), pane, G_CONNECT_SWAPPED);
  g_signal_connect_object (pane->cursor, "notify::length", G_CALLBACK (on_moved), pane, G_CONNECT_SWAPPED);
  g_signal_connect_object (pane->cursor, "notify::subject", G_CALLBACK (on_moved), pane, G_CONNECT_SWAPPED);
  gpo_letter_actions_add (pane, window);
  show_all (pane);
}

GBytes *
gpo_letter_pane_part_content (GpoLetterPane *pane, char **name)
{
  GpoPicture *picture = gpo_cursor_get_picture (pane->cursor);
  const GpoLetterTrack *letter = pane->number ? gpo_picture_letter_numbered (picture, pane->number) : NULL;
  if (!pane->facts || !letter || pane->part < 0)
    return NULL;
  g_autoptr (GpoLetterFacts) all
      = gpo_letter_facts_new_at (picture, letter, gpo_cursor_get_n (pane->cursor), pane->facts->transfer, 0);
  if (pane->part >= (gint) all->parts->len)
    return NULL;
  GpoPartFact *part = all->parts->pdata[pane->part];
  *name = gpo_safe_name (part->filename, (guint) pane->part);
  return gpo_letter_part_decoded (all, part);
}
