/* SPDX-License-Identifier: MIT */
/* dialog.c: reading dialogue files: see dialog.h for their form.
 *
 *   dialogue = *header empty-line *step
 *   header   = name [ digit ] ":" text
 *   step     = ( "C" / "S" ) [ digit ] [ "-bytes" / "-tls" / "-close" / "-closed" / "*" ] ":" [ SP text ]
 *   comment  = "#" text                     ; anywhere, as are empty lines among the steps */
#include "dialog.h"
#include <string.h>

typedef struct
{
  Dialog *dialog;
  const char *path;
  guint number;
  gboolean in_steps;
} Reader;

static gboolean
wrong (const Reader *reader, GError **error, const char *what, const char *text)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s:%u: %s: %s", reader->path, reader->number, what, text);
  return FALSE;
}

/* --- bytes --- */

/* \{600:x}: appends 600 times what stands behind the colon. Returns what follows it, or NULL. */
static const char *
append_repeated (GString *out, const char *p)
{
  char *after;
  guint64 times = g_ascii_strtoull (p, &after, 10);
  const char *end = strchr (p, '}');
  if (after == p || *after != ':' || !end || times > 100000000)
    return NULL;
  for (guint64 i = 0; i < times; i++)
    g_string_append_len (out, after + 1, end - after - 1);
  return end + 1;
}

/* One escape behind its backslash. Returns what follows it, or NULL. */
static const char *
append_escape (GString *out, const char *p)
{
  static const char letters[] = "rnt0\\", bytes[] = "\r\n\t\0\\";
  const char *found = *p ? strchr (letters, *p) : NULL;
  if (found)
    {
      g_string_append_c (out, bytes[found - letters]);
      return p + 1;
    }
  if (*p == 'x' && g_ascii_isxdigit (p[1]) && g_ascii_isxdigit (p[2]))
    {
      g_string_append_c (out, (char) (g_ascii_xdigit_value (p[1]) * 16 + g_ascii_xdigit_value (p[2])));
      return p + 3;
    }
  return *p == '{' ? append_repeated (out, p + 1) : NULL;
}

static GString *
unescape (const char *p)
{
  GString *out = g_string_new (NULL);
  while (p && *p)
    if (*p == '\\')
      p = append_escape (out, p + 1);
    else
      g_string_append_c (out, *p++);
  if (!p)
    {
      g_string_free (out, TRUE);
      return NULL;
    }
  return out;
}

/* --- lines --- */

static void
set_text (char **place, const char *text)
{
  g_free (*place);
  *place = g_strdup (text);
}

static gboolean
read_header (Reader *reader, const char *name, guint session, const char *text, GError **error)
{
  Dialog *dialog = reader->dialog;
  if (strcmp (name, "title") == 0)
    set_text (&dialog->title, text);
  else if (strcmp (name, "rule") == 0)
    set_text (&dialog->rule, text);
  else if (strcmp (name, "host") == 0)
    set_text (&dialog->host[session], text);
  else if (strcmp (name, "role") == 0)
    set_text (&dialog->role[session], text);
  else if (strcmp (name, "scenario") == 0)
    {
      g_autofree char *folder = g_path_get_dirname (reader->path);
      g_free (dialog->scenario);
      dialog->scenario = g_build_filename (folder, text, NULL);
    }
  else
    return wrong (reader, error, "a header is title, rule, host, role or scenario, not", name);
  return TRUE;
}

static void
add_step (Reader *reader, DialogVerb verb, guint session, GString *text)
{
  DialogStep *step = g_new0 (DialogStep, 1);
  *step = (DialogStep){ verb, session, text, reader->number };
  g_ptr_array_add (reader->dialog->steps, step);
}

static gboolean
read_step (Reader *reader, const char *kind, guint session, const char *text, GError **error)
{
  GString *bytes = NULL;
  if (strcmp (kind, "C") == 0)
    {
      bytes = g_string_new (text);
      g_string_append (bytes, "\r\n");
      add_step (reader, DIALOG_SEND, session, bytes);
    }
  else if (strcmp (kind, "C-bytes") == 0)
    {
      bytes = unescape (text);
      if (!bytes)
        return wrong (reader, error, "an escape is \\r \\n \\t \\0 \\xNN \\\\ or \\{TIMES:TEXT}", text);
      add_step (reader, DIALOG_SEND, session, bytes);
    }
  else if (strcmp (kind, "C-apop") == 0)
    add_step (reader, DIALOG_APOP, session, g_string_new (text));
  else if (strcmp (kind, "C-tls") == 0)
    add_step (reader, DIALOG_TLS, session, NULL);
  else if (strcmp (kind, "C-close") == 0)
    add_step (reader, DIALOG_CLOSE, session, NULL);
  else if (strcmp (kind, "S-closed") == 0)
    add_step (reader, DIALOG_CLOSED, session, NULL);
  else if (strcmp (kind, "S-drops") == 0)
    add_step (reader, DIALOG_DROPPED, session, NULL);
  else if (strcmp (kind, "S-stops") == 0)
    add_step (reader, DIALOG_STOP, session, NULL);
  else if (strcmp (kind, "S") == 0 || strcmp (kind, "S*") == 0)
    add_step (reader, kind[1] ? DIALOG_EXPECT_ANY : DIALOG_EXPECT, session, g_string_new (text));
  else
    return wrong (reader, error, "a step is C, C-bytes, C-apop, C-tls, C-close, S, S*, S-closed, S-drops or S-stops, not",
                  kind);
  return TRUE;
}

/* Takes the session's digit out of "C2-bytes" or "host2"; 1 if there is none, 0 if it is none. */
static guint
take_session (char *kind)
{
  for (char *p = kind; *p; p++)
    if (g_ascii_isdigit (*p))
      {
        guint session = (guint) (*p - '0');
        memmove (p, p + 1, strlen (p));
        return session;
      }
  return 1;
}

static gboolean
read_line (Reader *reader, const char *line, GError **error)
{
  if (*line == '#')
    return TRUE;
  if (!*line)
    {
      reader->in_steps = TRUE;
      return TRUE;
    }
  const char *colon = strchr (line, ':');
  if (!colon)
    return wrong (reader, error, "expected a word and a colon", line);
  g_autofree char *kind = g_strndup (line, colon - line);
  const char *text = colon[1] == ' ' ? colon + 2 : colon + 1;
  guint session = take_session (kind);
  if (!session)
    return wrong (reader, error, "sessions are numbered from 1 to 9", line);
  return reader->in_steps ? read_step (reader, kind, session, text, error)
                          : read_header (reader, kind, session, text, error);
}

static gboolean
check_whole (Reader *reader, GError **error)
{
  Dialog *dialog = reader->dialog;
  if (!dialog->title || !dialog->host[1] || !dialog->role[1])
    return wrong (reader, error, "it lacks one of the headers", "title, host, role");
  for (guint i = 0; i < dialog->steps->len; i++)
    {
      const DialogStep *step = dialog->steps->pdata[i];
      const DialogStep *next = i + 1 < dialog->steps->len ? dialog->steps->pdata[i + 1] : NULL;
      reader->number = step->line;
      gboolean ended = next && next->session == step->session
                       && (next->verb == DIALOG_EXPECT || next->verb == DIALOG_EXPECT_ANY || next->verb == DIALOG_CLOSED);
      if (step->verb == DIALOG_EXPECT_ANY && !ended)
        return wrong (reader, error, "what the server says must go on behind any number of lines", step->text->str);
    }
  return dialog->steps->len || wrong (reader, error, "it has no steps", "the first empty line ends the headers");
}

static void
free_step (gpointer data)
{
  DialogStep *step = data;
  if (step->text)
    g_string_free (step->text, TRUE);
  g_free (step);
}

Dialog *
dialog_parse (const char *path, const char *text, GError **error)
{
  g_autoptr (Dialog) dialog = g_new0 (Dialog, 1);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  Reader reader = { dialog, path, 0, FALSE };
  dialog->path = g_strdup (path);
  dialog->steps = g_ptr_array_new_with_free_func (free_step);
  for (char **line = lines; *line; line++)
    {
      reader.number++;
      if (!read_line (&reader, *line, error))
        return NULL;
    }
  return check_whole (&reader, error) ? g_steal_pointer (&dialog) : NULL;
}

Dialog *
dialog_load (const char *path, GError **error)
{
  g_autofree char *text = NULL;
  return g_file_get_contents (path, &text, NULL, error) ? dialog_parse (path, text, error) : NULL;
}

void
dialog_free (Dialog *dialog)
{
  g_free (dialog->path);
  g_free (dialog->title);
  g_free (dialog->rule);
  g_free (dialog->scenario);
  for (guint i = 0; i <= DIALOG_SESSIONS; i++)
    {
      g_free (dialog->host[i]);
      g_free (dialog->role[i]);
    }
  g_ptr_array_unref (dialog->steps);
  g_free (dialog);
}
