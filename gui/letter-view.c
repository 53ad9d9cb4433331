/* SPDX-License-Identifier: MIT */
/* letter-view.c: the facts of a letter in three columns.
 *
 * The facts are gathered anew when the cursor moves over an event of the letter, and only then: at once, so
 * that they are in the same frame as the other views; but now and then only where ten thousand events a
 * second come. */
#include "letter-view.h"
#include "event-words.h"
#include "i18n.h"
#include "letter-columns.h"
#include "said-words.h"
#include <string.h>

#define LINES_SHOWN 300 /* of the data */

struct _GpoLetterView
{
  GtkWidget parent_instance;
  GtkLabel *title;
  GpoProse *envelope, *header, *data;
  GpoCursor *cursor;
  GpoLetterFacts *facts;
  guint32 number; /* shown now */
  guint events;   /* of it, not later than n */
  guint tick;
};

G_DEFINE_FINAL_TYPE (GpoLetterView, gpo_letter_view, GTK_TYPE_WIDGET)

/* --- small pieces --- */

static void add_format (GpoProse *prose, GpoProseStyle style, const char *format, ...) G_GNUC_PRINTF (3, 4);

static void
add_format (GpoProse *prose, GpoProseStyle style, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  gpo_prose_add (prose, style, text);
}

/* --- the envelope --- */

static void
add_disagreement (GpoProse *prose, const GpoLetterFacts *facts, const GpoSaid *said)
{
  if (facts->fields->len == 0 || said->in_header || !said->path || said->code >= 400)
    return;
  if (strcmp (said->verb, "RCPT") == 0)
    gpo_prose_add (prose, GPO_PROSE_DIFFERS, _ ("≠ in neither To nor Cc: a blind copy"));
  else if (!*said->path)
    gpo_prose_add (prose, GPO_PROSE_DIFFERS, _ ("the null reverse-path: a report, which nobody answers"));
  else
    gpo_prose_add (prose, GPO_PROSE_DIFFERS, _ ("≠ not in From: reports go here, answers there"));
}

static void
add_hop (GpoProse *prose, const GpoLetterFacts *facts, const GpoHop *hop)
{
  const char *caller = hop->caller ? gpo_symbol_name (hop->caller) : _ ("a mail program");
  add_format (prose, GPO_PROSE_GROUP, _ ("%s told %s  (session %u)"), caller, gpo_symbol_name (hop->host),
              hop->session);
  for (guint i = 0; i < hop->said->len; i++)
    {
      const GpoSaid *said = hop->said->pdata[i];
      GpoProseStyle style;
      g_autofree char *command = gpo_said_command (said), *answer = gpo_said_answer (said, &style);
      gpo_prose_add (prose, GPO_PROSE_SAID, command);
      gpo_prose_add (prose, style, answer);
      add_disagreement (prose, facts, said);
    }
}

/* The newest hop stands on top. */
static void
show_envelope (GpoLetterView *view)
{
  gpo_prose_begin (view->envelope);
  for (guint i = view->facts->hops->len; i > 0; i--)
    add_hop (view->envelope, view->facts, view->facts->hops->pdata[i - 1]);
  if (view->facts->hops->len == 0)
    gpo_prose_add (view->envelope, GPO_PROSE_DIM, gpo_unsaid_words (view->facts));
  gpo_prose_end (view->envelope);
}

/* --- the header --- */

static void
add_field (GpoProse *prose, const GpoFieldFact *field)
{
  g_autofree char *name = gpo_shown_text (field->name, strlen (field->name));
  g_autofree char *text = gpo_shown_text (field->text, strlen (field->text));
  gboolean own = field->kind == GPO_HEADER_OWN || field->kind == GPO_HEADER_OTHER;
  g_autofree char *line = g_strdup_printf ("%s: %s", name, text);
  gpo_prose_add_led (prose, own ? GPO_PROSE_OWN_FIELD : GPO_PROSE_PLAIN, strlen (name) + 1, line);
  g_autofree char *raw = gpo_shown_text (field->raw, strlen (field->raw));
  const char *begin = raw;
  while (*begin == ' ')
    begin++;
  if (strstr (field->raw, "=?")) /* encoded words: the raw form is worth seeing (RFC 2047) */
    add_format (prose, GPO_PROSE_RAW, _ ("raw: %s"), begin);
}

static void
show_header (GpoLetterView *view)
{
  GpoSymbol origin = (GpoSymbol) -1;
  gpo_prose_begin (view->header);
  for (guint i = 0; i < view->facts->fields->len; i++)
    {
      const GpoFieldFact *field = view->facts->fields->pdata[i];
      if (field->added_by != origin && field->added_by)
        add_format (view->header, GPO_PROSE_GROUP, _ ("put on top by %s"), gpo_symbol_name (field->added_by));
      else if (field->added_by != origin)
        gpo_prose_add (view->header, GPO_PROSE_GROUP, _ ("came with the letter"));
      origin = field->added_by;
      add_field (view->header, field);
    }
  if (view->facts->fields->len == 0)
    gpo_prose_add (view->header, GPO_PROSE_DIM,
                   gpo_missing_words (view->facts, _ ("Not sent yet: it comes after DATA.")));
  gpo_prose_end (view->header);
}

/* --- the data --- */

/* The tree of parts, if there are several. */
static void
add_parts (GpoProse *prose, const GpoLetterFacts *facts)
{
  for (guint i = 0; facts->parts->len > 1 && i < facts->parts->len; i++)
    {
      const GpoPartFact *part = facts->parts->pdata[i];
      g_autofree char *size = gpo_size_words (part->size);
      g_autofree char *name
          = part->filename ? gpo_shown_text (part->filename, strlen (part->filename)) : NULL;
      add_format (prose, GPO_PROSE_PART, "%*s%s %s, %s, %s%s%s", (int) part->depth * 3, "",
                  part->depth ? "└" : "▤", part->type, part->encoding, size, name ? ", " : "",
                  name ? name : "");
    }
}

/* The first lines; the view of the letter has all. */
static void
add_body (GpoProse *prose, const char *text, gboolean cut)
{
  g_autoptr (GString) shown = g_string_new (NULL);
  guint n = 0;
  for (; *text && n < LINES_SHOWN; n++)
    {
      gsize length = strcspn (text, "\n");
      g_autofree char *clean = gpo_shown_text (text, length);
      g_string_append_printf (shown, "%s\n", clean);
      text += length + (text[length] == '\n');
    }
  gpo_prose_add (prose, GPO_PROSE_BODY, g_strchomp (shown->str));
  if (cut || *text)
    gpo_prose_add (prose, GPO_PROSE_DIM, _ ("… only the beginning is shown"));
}

static void
show_data (GpoLetterView *view)
{
  const GpoLetterFacts *facts = view->facts;
  const char *text = facts->body ? facts->body : facts->raw_body;
  gpo_prose_begin (view->data);
  add_parts (view->data, facts);
  if (!text)
    gpo_prose_add (view->data, GPO_PROSE_DIM,
                   gpo_missing_words (facts, _ ("Not sent yet: it comes behind the header.")));
  if (text && facts->parts->len == 1)
    {
      const GpoPartFact *part = facts->parts->pdata[0];
      g_autofree char *size = gpo_size_words (facts->body_size);
      add_format (view->data, GPO_PROSE_GROUP, "%s, %s, %s", part->type, part->encoding, size);
    }
  if (text)
    add_body (view->data, text, facts->cut);
  gpo_prose_end (view->data);
}

/* --- keeping up --- */

static void
show_title (GpoLetterView *view)
{
  const GpoLetterFacts *facts = view->facts;
  const char *subject = facts ? gpo_letter_facts_field (facts, "Subject") : NULL;
  if (!facts)
    {
      gtk_label_set_text (view->title, _ ("No letter yet: it begins with MAIL FROM"));
      return;
    }
  g_autofree char *shown = subject ? gpo_shown_text (subject, strlen (subject)) : NULL;
  g_autofree char *size = gpo_letter_size_words (facts);
  g_autofree char *text = g_strdup_printf (
      _ ("Letter %u%s%s · %s%s%s%s%s · %s"), facts->number, shown ? " · " : "", shown ? shown : "",
      facts->place ? facts->place : "", facts->host ? _ (" at ") : "", facts->host ? facts->host : "",
      facts->mailbox ? " · " : "", facts->mailbox ? facts->mailbox : "", size);
  gtk_label_set_text (view->title, text);
}

static void
refresh (GpoLetterView *view)
{
  GpoPicture *picture = gpo_cursor_get_picture (view->cursor);
  guint64 n = gpo_cursor_get_n (view->cursor);
  guint32 number = gpo_cursor_get_letter (view->cursor);
  const GpoLetterTrack *letter = number ? gpo_picture_letter_numbered (picture, number) : NULL;
  guint events = letter ? gpo_track_until (&letter->events, n) : 0;
  if (view->facts && view->number == number && view->events == events)
    return;
  view->number = number;
  view->events = events;
  g_clear_pointer (&view->facts, gpo_letter_facts_free);
  if (events)
    view->facts = gpo_letter_facts_new (picture, letter, n);
  gtk_widget_set_visible (gtk_widget_get_last_child (GTK_WIDGET (view)), view->facts != NULL);
  show_title (view);
  if (!view->facts)
    return;
  show_envelope (view);
  show_header (view);
  show_data (view);
}

static gboolean
on_tick (gpointer data)
{
  GpoLetterView *view = data;
  view->tick = 0;
  refresh (view);
  return G_SOURCE_REMOVE;
}

/* What nobody sees does not keep up; it does when it is seen again. */
static void
on_moved (GpoLetterView *view)
{
  if (!gtk_widget_get_mapped (GTK_WIDGET (view)))
    return;
  if (!gpo_cursor_get_following (view->cursor))
    {
      g_clear_handle_id (&view->tick, g_source_remove);
      refresh (view);
    }
  else if (!view->tick)
    view->tick = g_timeout_add_full (G_PRIORITY_DEFAULT_IDLE - 50, GPO_LETTER_FOLLOW_MS, on_tick, view, NULL);
}

static void
gpo_letter_view_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (gpo_letter_view_parent_class)->map (widget);
  if (GPO_LETTER_VIEW (widget)->cursor)
    refresh (GPO_LETTER_VIEW (widget));
}

static void
gpo_letter_view_dispose (GObject *object)
{
  GpoLetterView *view = GPO_LETTER_VIEW (object);
  GtkWidget *child;
  g_clear_handle_id (&view->tick, g_source_remove);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))))
    gtk_widget_unparent (child);
  g_clear_pointer (&view->facts, gpo_letter_facts_free);
  g_clear_object (&view->cursor);
  G_OBJECT_CLASS (gpo_letter_view_parent_class)->dispose (object);
}

static void
gpo_letter_view_class_init (GpoLetterViewClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  G_OBJECT_CLASS (class)->dispose = gpo_letter_view_dispose;
  widget_class->map = gpo_letter_view_map;
  g_type_ensure (GPO_TYPE_PROSE);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/glasspost/Glasspost/letter-view.ui");
  gtk_widget_class_bind_template_child (widget_class, GpoLetterView, title);
  gtk_widget_class_bind_template_child (widget_class, GpoLetterView, envelope);
  gtk_widget_class_bind_template_child (widget_class, GpoLetterView, header);
  gtk_widget_class_bind_template_child (widget_class, GpoLetterView, data);
  gtk_widget_class_set_css_name (widget_class, "letter");
}

static void
gpo_letter_view_init (GpoLetterView *view)
{
  gtk_widget_init_template (GTK_WIDGET (view));
}

void
gpo_letter_view_set_cursor (GpoLetterView *view, GpoCursor *cursor)
{
  g_return_if_fail (!view->cursor);
  view->cursor = g_object_ref (cursor);
  g_signal_connect_object (cursor, "notify::n", G_CALLBACK (on_moved), view, G_CONNECT_SWAPPED);
  g_signal_connect_object (cursor, "notify::length", G_CALLBACK (on_moved), view, G_CONNECT_SWAPPED);
  g_signal_connect_object (cursor, "notify::subject", G_CALLBACK (on_moved), view, G_CONNECT_SWAPPED);
  refresh (view);
}

const GpoLetterFacts *
gpo_letter_view_get_facts (GpoLetterView *view)
{
  g_clear_handle_id (&view->tick, g_source_remove);
  refresh (view);
  return view->facts;
}
