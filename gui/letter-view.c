/* SPDX-License-Identifier: MIT */
/* letter-view.c: the facts of a letter in labels.
 *
 * The facts are gathered anew when the cursor moves over an event of the letter, and only then. They are
 * gathered in an idle moment, so that scrubbing and ten thousand events a second stay smooth. */
#include "letter-view.h"
#include "event-words.h"
#include "i18n.h"
#include <string.h>

struct _GpoLetterView
{
  GtkWidget parent_instance;
  GtkLabel *title;
  GtkBox *envelope, *header, *data;
  GpoCursor *cursor;
  GpoLetterFacts *facts;
  guint32 number; /* shown now */
  guint events;   /* of it, not later than n */
  guint tick;
};

G_DEFINE_FINAL_TYPE (GpoLetterView, gpo_letter_view, GTK_TYPE_WIDGET)

/* --- small pieces --- */

static void
empty (GtkBox *box)
{
  GtkWidget *child;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (box))))
    gtk_box_remove (box, child);
}

/* A line of text that can be selected and wraps. `text` may hold anything. */
static GtkWidget *
add_text (GtkBox *box, const char *text, const char *class)
{
  GtkWidget *label = gtk_label_new (text);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_widget_set_focusable (label, FALSE);
  if (class)
    gtk_widget_add_css_class (label, class);
  gtk_box_append (box, label);
  return label;
}

static void add_format (GtkBox *box, const char *class, const char *format, ...) G_GNUC_PRINTF (3, 4);

static void
add_format (GtkBox *box, const char *class, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  add_text (box, text, class);
}

/* --- the envelope --- */

static const char *
tone_class (gint64 code)
{
  return code == 0 ? "waiting" : code >= 500 ? "refused" : code >= 400 ? "deferred" : "ok";
}

static void
add_disagreement (GtkBox *box, const GpoLetterFacts *facts, const GpoSaid *said)
{
  if (facts->fields->len == 0 || said->in_header || !said->path || said->code >= 400)
    return;
  if (strcmp (said->verb, "RCPT") == 0)
    add_text (box, _ ("≠ in neither To nor Cc: a blind copy"), "differs");
  else if (!*said->path)
    add_text (box, _ ("the null reverse-path: a report, which nobody answers"), "differs");
  else
    add_text (box, _ ("≠ not in From: reports go here, answers there"), "differs");
}

static void
add_hop (GtkBox *box, const GpoLetterFacts *facts, const GpoHop *hop)
{
  const char *caller = hop->caller ? gpo_symbol_name (hop->caller) : _ ("a mail program");
  add_format (box, "group", _ ("%s told %s  (session %u)"), caller, gpo_symbol_name (hop->host),
              hop->session);
  for (guint i = 0; i < hop->said->len; i++)
    {
      const GpoSaid *said = hop->said->pdata[i];
      g_autofree char *path
          = gpo_shown_text (said->path ? said->path : "?", strlen (said->path ? said->path : "?"));
      add_format (box, "said", "%s:<%s>", strcmp (said->verb, "MAIL") == 0 ? "MAIL FROM" : "RCPT TO", path);
      g_autofree char *reply = said->reply ? gpo_shown_text (said->reply, strlen (said->reply)) : NULL;
      const char *sign = gpo_tone_sign (said->code >= 500   ? GPO_TONE_REFUSED
                                        : said->code >= 400 ? GPO_TONE_DEFERRED
                                                            : GPO_TONE_OK);
      add_format (box, tone_class (said->code), "%s %s", sign, reply ? reply : _ ("no answer yet"));
      add_disagreement (box, facts, said);
    }
}

/* The newest hop stands on top. */
static void
show_envelope (GpoLetterView *view)
{
  empty (view->envelope);
  for (guint i = view->facts->hops->len; i > 0; i--)
    add_hop (view->envelope, view->facts, view->facts->hops->pdata[i - 1]);
  if (view->facts->hops->len == 0)
    add_text (
        view->envelope,
        _ ("Nobody said an envelope: the office made this letter, or it was put into the mailbox as it is."),
        "dim-label");
}

/* --- the header --- */

static void
add_field (GtkBox *box, const GpoFieldFact *field)
{
  g_autofree char *name = gpo_shown_text (field->name, strlen (field->name));
  g_autofree char *text = gpo_shown_text (field->text, strlen (field->text));
  GtkWidget *label = add_text (
      box, "", field->kind == GPO_HEADER_OWN || field->kind == GPO_HEADER_OTHER ? "own-field" : "field");
  g_autofree char *markup = g_markup_printf_escaped ("<b>%s:</b> %s", name, text);
  gtk_label_set_markup (GTK_LABEL (label), markup);
  g_autofree char *raw = gpo_shown_text (field->raw, strlen (field->raw));
  const char *begin = raw;
  while (*begin == ' ')
    begin++;
  if (strstr (field->raw, "=?")) /* encoded words: the raw form is worth seeing (RFC 2047) */
    add_format (box, "raw", _ ("raw: %s"), begin);
}

static void
show_header (GpoLetterView *view)
{
  GpoSymbol origin = (GpoSymbol) -1;
  empty (view->header);
  for (guint i = 0; i < view->facts->fields->len; i++)
    {
      const GpoFieldFact *field = view->facts->fields->pdata[i];
      if (field->added_by != origin && field->added_by)
        add_format (view->header, "group", _ ("put on top by %s"), gpo_symbol_name (field->added_by));
      else if (field->added_by != origin)
        add_text (view->header, _ ("came with the letter"), "group");
      origin = field->added_by;
      add_field (view->header, field);
    }
  if (view->facts->fields->len == 0)
    add_text (view->header, _ ("Not sent yet: it comes after DATA."), "dim-label");
}

/* --- the data --- */

static void
show_data (GpoLetterView *view)
{
  const GpoLetterFacts *facts = view->facts;
  empty (view->data);
  for (guint i = 0; facts->parts->len > 1 && i < facts->parts->len; i++)
    {
      const GpoPartFact *part = facts->parts->pdata[i];
      g_autofree char *size = gpo_size_words (part->size);
      g_autofree char *name
          = part->filename ? gpo_shown_text (part->filename, strlen (part->filename)) : NULL;
      add_format (view->data, "part", "%*s%s %s, %s, %s%s%s", (int) part->depth * 3, "",
                  part->depth ? "└" : "▤", part->type, part->encoding, size, name ? ", " : "",
                  name ? name : "");
    }
  const char *text = facts->body ? facts->body : facts->raw_body;
  if (!text)
    {
      add_text (view->data,
                facts->whole ? _ ("The trace does not hold these bytes.")
                             : _ ("Not sent yet: it comes behind the header."),
                "dim-label");
      return;
    }
  if (facts->parts->len == 1)
    {
      const GpoPartFact *part = facts->parts->pdata[0];
      g_autofree char *size = gpo_size_words (facts->body_size);
      add_format (view->data, "group", "%s, %s, %s", part->type, part->encoding, size);
    }
  g_auto (GStrv) lines = g_strsplit (text, "\n", 2000);
  g_autoptr (GString) shown = g_string_new (NULL);
  for (char **line = lines; *line; line++)
    {
      g_autofree char *clean = gpo_shown_text (*line, strlen (*line));
      g_string_append_printf (shown, "%s\n", clean);
    }
  add_text (view->data, g_strchomp (shown->str), "body");
  if (facts->cut)
    add_text (view->data, _ ("… only the beginning is shown"), "dim-label");
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
  g_autofree char *size = facts->size >= 0 ? gpo_size_words (facts->size) : g_strdup (_ ("not sent yet"));
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

static void
on_moved (GpoLetterView *view)
{
  if (!view->tick)
    view->tick = g_idle_add_full (G_PRIORITY_DEFAULT_IDLE - 50, on_tick, view, NULL);
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
  if (view->tick)
    {
      g_clear_handle_id (&view->tick, g_source_remove);
      refresh (view);
    }
  return view->facts;
}
