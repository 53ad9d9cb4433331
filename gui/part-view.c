/* SPDX-License-Identifier: MIT */
/* part-view.c: a part's explanation and up to three texts. */
#include "part-view.h"
#include "event-words.h"
#include "i18n.h"
#include "letter/html-text.h"
#include "letter/mime.h"
#include "replay/letter-words.h"
#include <string.h>

/* A line of more characters is broken: laying out endless lines takes endless time. */
#define LINE_SHOWN 500
#define HEX_SHOWN 4096

struct _GpoPartView
{
  GtkWidget parent_instance;
  GtkLabel *what, *decoded_heading;
  GtkTextView *decoded, *words, *raw;
  GtkWidget *words_box;
};

G_DEFINE_FINAL_TYPE (GpoPartView, gpo_part_view, GTK_TYPE_WIDGET)

/* --- texts --- */

static void
append_line (GString *out, const char *line, gsize length)
{
  for (gsize at = 0;;)
    {
      gsize n = MIN (length - at, LINE_SHOWN);
      while (at + n < length && n > 1 && ((guchar) line[at + n] & 0xc0) == 0x80)
        n--;
      g_autofree char *shown = gpo_shown_text (line + at, n);
      g_string_append (out, shown);
      at += n;
      if (at >= length)
        break;
      g_string_append (out, " ↩\n");
    }
}

static char *
shown_lines (const char *text, gsize length)
{
  GString *out = g_string_sized_new (MIN (length, GPO_BODY_SHOWN) + 64);
  const char *end = text + MIN (length, GPO_BODY_SHOWN);
  for (const char *p = text; p < end;)
    {
      const char *lf = memchr (p, '\n', (gsize) (end - p)), *next = lf ? lf + 1 : end;
      append_line (out, p, (gsize) (next - p));
      if (lf)
        g_string_append_c (out, '\n');
      p = next;
    }
  if (length > GPO_BODY_SHOWN)
    g_string_append (out, _ ("\n… only the beginning is shown"));
  return g_string_free (out, FALSE);
}

static char *
hex_lines (const guint8 *bytes, gsize length)
{
  GString *out = g_string_new (NULL);
  for (gsize at = 0; at < MIN (length, HEX_SHOWN); at += 8)
    {
      g_string_append_printf (out, "%06zx ", at);
      for (gsize i = at; i < at + 8; i++)
        if (i < length)
          g_string_append_printf (out, " %02x", bytes[i]);
        else
          g_string_append (out, "   ");
      g_string_append (out, "  ");
      for (gsize i = at; i < MIN (at + 8, length); i++)
        g_string_append_c (out, bytes[i] >= 0x20 && bytes[i] < 0x7f ? (char) bytes[i] : '.');
      g_string_append_c (out, '\n');
    }
  if (length > HEX_SHOWN)
    g_string_append (out, _ ("… only the beginning is shown"));
  return g_string_free (out, FALSE);
}

char *
gpo_part_raw_shown (const GpoLetterFacts *facts, const GpoPartFact *part)
{
  GpoSpan body = facts->anatomy.parts[part->index].body;
  return shown_lines (facts->anatomy.bytes + body.start, body.length);
}

/* The part as text, as long as it is text; *length its true length. */
static char *
part_text (const GpoLetterFacts *facts, GpoPartFact *part, gsize *length)
{
  return gpo_part_text (&facts->anatomy, &facts->anatomy.parts[part->index], length);
}

char *
gpo_part_decoded_shown (const GpoLetterFacts *facts, GpoPartFact *part)
{
  const GpoPart *place = &facts->anatomy.parts[part->index];
  if (place->kind != GPO_PART_LEAF)
    return gpo_part_raw_shown (facts, part);
  if (gpo_part_is (&facts->anatomy, place, "text", NULL)
      || gpo_part_is (&facts->anatomy, place, "message", NULL))
    {
      gsize length;
      g_autofree char *text = part_text (facts, part, &length);
      return shown_lines (text, length);
    }
  g_autoptr (GBytes) decoded = gpo_letter_part_decoded (facts, part);
  gsize length;
  const guint8 *bytes = g_bytes_get_data (decoded, &length);
  return hex_lines (bytes, length);
}

char *
gpo_part_words_shown (const GpoLetterFacts *facts, GpoPartFact *part)
{
  const GpoPart *place = &facts->anatomy.parts[part->index];
  if (place->kind != GPO_PART_LEAF || !gpo_part_is (&facts->anatomy, place, "text", "html"))
    return NULL;
  gsize length;
  g_autofree char *html = part_text (facts, part, &length);
  g_autofree char *text = gpo_html_text (html, MIN (length, 4 * GPO_BODY_SHOWN));
  return shown_lines (text, strlen (text));
}

/* --- the widget --- */

static void
set_text (GtkTextView *view, const char *text)
{
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (view), text, -1);
}

static void
show_what (GpoPartView *view, const GpoPartFact *part)
{
  g_autofree char *form = gpo_part_words (part), *size = gpo_part_size_words (part);
  g_autofree char *charset = part->charset ? gpo_shown_text (part->charset, strlen (part->charset)) : NULL;
  g_autofree char *text = charset ? g_strdup_printf (_ ("%s Charset %s. %s."), form, charset, size)
                                  : g_strdup_printf ("%s %s.", form, size);
  gtk_label_set_text (view->what, text);
  gtk_widget_set_tooltip_text (GTK_WIDGET (view->what), text); /* two lines of it are shown */
}

void
gpo_part_view_show (GpoPartView *view, const GpoLetterFacts *facts, gint index)
{
  GpoPartFact *part
      = facts && index >= 0 && index < (gint) facts->parts->len ? facts->parts->pdata[index] : NULL;
  gtk_widget_set_visible (GTK_WIDGET (view), part != NULL);
  if (!part)
    return;
  g_autofree char *decoded = gpo_part_decoded_shown (facts, part),
                  *words = gpo_part_words_shown (facts, part);
  g_autofree char *raw = gpo_part_raw_shown (facts, part);
  show_what (view, part);
  gtk_label_set_text (view->decoded_heading,
                      words ? _ ("Decoded: the HTML source, never rendered") : _ ("Decoded"));
  gtk_widget_set_visible (view->words_box, words != NULL);
  set_text (view->decoded, decoded);
  set_text (view->words, words ? words : "");
  set_text (view->raw, raw);
}

static void
gpo_part_view_dispose (GObject *object)
{
  GtkWidget *child;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))))
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (gpo_part_view_parent_class)->dispose (object);
}

static void
gpo_part_view_class_init (GpoPartViewClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  G_OBJECT_CLASS (class)->dispose = gpo_part_view_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/glasspost/Glasspost/part-view.ui");
  gtk_widget_class_bind_template_child (widget_class, GpoPartView, what);
  gtk_widget_class_bind_template_child (widget_class, GpoPartView, decoded_heading);
  gtk_widget_class_bind_template_child (widget_class, GpoPartView, decoded);
  gtk_widget_class_bind_template_child (widget_class, GpoPartView, words);
  gtk_widget_class_bind_template_child (widget_class, GpoPartView, words_box);
  gtk_widget_class_bind_template_child (widget_class, GpoPartView, raw);
  gtk_widget_class_set_css_name (widget_class, "part");
}

static void
gpo_part_view_init (GpoPartView *view)
{
  gtk_widget_init_template (GTK_WIDGET (view));
}
