/* SPDX-License-Identifier: MIT */
/* hold-actions.c: intents, and taking breakpoints back. */
#include "hold-actions.h"
#include "history.h"
#include "i18n.h"
#include <string.h>

typedef struct
{
  GpoOffice *office;
  GpoHoldModel *model;
  GpoHistory *history;
  void (*said) (const char *, gpointer);
  gpointer said_data;
} Actions;

/* Answers may come when the window is gone. */
typedef struct
{
  GWeakRef window;
  gboolean disable; /* the breakpoint that the answer names */
} Asked;

static void tell (GpoWindow *window, gboolean disable, const char *format, ...) G_GNUC_PRINTF (3, 4);

static Actions *
actions_of (GpoWindow *window)
{
  return g_object_get_data (G_OBJECT (window), "gpo-hold-actions");
}

static void
told (char *answer, const GError *error, gpointer data)
{
  Asked *asked = data;
  g_autoptr (GpoWindow) window = g_weak_ref_get (&asked->window);
  Actions *actions = window ? actions_of (window) : NULL;
  const char *number = answer ? strstr (answer, "\"breakpoint\":") : NULL;
  if (actions && gpo_window_get_source (window))
    actions->said (error ? error->message : NULL, actions->said_data);
  if (actions && asked->disable && number)
    tell (window, FALSE, "disable %u", (guint) g_ascii_strtoull (number + 13, NULL, 10));
  g_weak_ref_clear (&asked->window);
  g_free (asked);
}

static void
tell (GpoWindow *window, gboolean disable, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *intent = g_strdup_vprintf (format, args);
  va_end (args);
  Asked *asked = g_new0 (Asked, 1);
  g_weak_ref_init (&asked->window, window);
  asked->disable = disable;
  gpo_office_tell (actions_of (window)->office, intent, told, asked);
}

/* --- holding --- */

static void
on_hold (GSimpleAction *action, GVariant *state, gpointer data)
{
  tell (data, FALSE, "hold %s", g_variant_get_boolean (state) ? "on" : "off");
}

static void
on_step_session (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  tell (data, FALSE, "release %u", g_variant_get_uint32 (parameter));
}

static void
on_let_go (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  tell (data, FALSE, "release");
}

static void
on_edit (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  guint32 session;
  const char *text;
  g_variant_get (parameter, "(u&s)", &session, &text);
  tell (data, FALSE, "edit %u %s", session, text);
}

static void
on_drop (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  tell (data, FALSE, "drop %u", g_variant_get_uint32 (parameter));
}

/* --- breakpoints --- */

/* One change of the list. The number of a breakpoint that comes back is another: it is known by its filter.
 */
typedef struct
{
  GWeakRef window;
  char *filter;
  gboolean added, switched; /* what the change was; neither: taken away */
  gboolean enabled;         /* after a switch; before it was taken away */
} Change;

static void
change_free (gpointer data)
{
  Change *change = data;
  g_weak_ref_clear (&change->window);
  g_free (change->filter);
  g_free (change);
}

static guint
number_of (GpoHoldModel *model, const char *filter)
{
  for (guint i = gpo_hold_model_n_breaks (model); i-- > 0;)
    if (strcmp (gpo_hold_model_break (model, i)->filter, filter) == 0)
      return gpo_hold_model_break (model, i)->number;
  return 0;
}

static void
apply (gpointer data, gboolean undo)
{
  Change *change = data;
  g_autoptr (GpoWindow) window = g_weak_ref_get (&change->window);
  if (!window)
    return;
  guint number = number_of (actions_of (window)->model, change->filter);
  if (change->switched && number)
    tell (window, FALSE, "%s %u", change->enabled != undo ? "enable" : "disable", number);
  else if (!change->switched && change->added == undo && number)
    tell (window, FALSE, "unbreak %u", number);
  else if (!change->switched && change->added != undo)
    tell (window, !change->enabled, "break %s", change->filter);
}

static void
remember (GpoWindow *window, const char *label, Change change)
{
  Change *kept = g_new0 (Change, 1);
  g_weak_ref_init (&kept->window, window);
  kept->filter = g_strdup (change.filter);
  kept->added = change.added;
  kept->switched = change.switched;
  kept->enabled = change.enabled;
  gpo_history_add (actions_of (window)->history, label, apply, kept, change_free);
}

static void
on_break (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  const char *filter = g_variant_get_string (parameter, NULL);
  tell (data, FALSE, "break %s", filter);
  remember (data, _ ("new breakpoint"),
            (Change){ .filter = (char *) filter, .added = TRUE, .enabled = TRUE });
}

static const GpoBreak *
break_numbered (GpoWindow *window, guint number)
{
  GpoHoldModel *model = actions_of (window)->model;
  for (guint i = 0; i < gpo_hold_model_n_breaks (model); i++)
    if (gpo_hold_model_break (model, i)->number == number)
      return gpo_hold_model_break (model, i);
  return NULL;
}

static void
on_unbreak (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  guint number = g_variant_get_uint32 (parameter);
  const GpoBreak *point = break_numbered (data, number);
  if (point)
    remember (data, _ ("removed breakpoint"), (Change){ .filter = point->filter, .enabled = point->enabled });
  tell (data, FALSE, "unbreak %u", number);
}

static void
on_break_enabled (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  guint number;
  gboolean enabled;
  g_variant_get (parameter, "(ub)", &number, &enabled);
  const GpoBreak *point = break_numbered (data, number);
  if (!point || point->enabled == enabled)
    return;
  remember (data, _ ("switched breakpoint"),
            (Change){ .filter = point->filter, .switched = TRUE, .enabled = enabled });
  tell (data, FALSE, "%s %u", enabled ? "enable" : "disable", number);
}

static const GActionEntry actions[] = {
  { "hold", NULL, NULL, "false", on_hold },   { "step-session", on_step_session, "u", NULL, NULL },
  { "let-go", on_let_go, NULL, NULL, NULL },  { "edit", on_edit, "(us)", NULL, NULL },
  { "drop", on_drop, "u", NULL, NULL },       { "break", on_break, "s", NULL, NULL },
  { "unbreak", on_unbreak, "u", NULL, NULL }, { "break-enabled", on_break_enabled, "(ub)", NULL, NULL },
};

/* The switch shows what the trace says. */
static void
show_all (GpoHoldModel *model, GpoWindow *window)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (window), "hold");
  g_simple_action_set_state (G_SIMPLE_ACTION (action),
                             g_variant_new_boolean (gpo_hold_model_get_all (model)));
}

void
gpo_hold_actions_add (GpoWindow *window, GpoHoldModel *model, void (*said) (const char *, gpointer),
                      gpointer data)
{
  Actions *kept = g_new0 (Actions, 1);
  kept->office = gpo_source_get_office (gpo_window_get_source (window));
  kept->model = model;
  kept->history = gpo_history_of (gpo_window_get_cursor (window));
  kept->said = said;
  kept->said_data = data;
  g_object_set_data_full (G_OBJECT (window), "gpo-hold-actions", kept, g_free);
  g_action_map_add_action_entries (G_ACTION_MAP (window), actions, G_N_ELEMENTS (actions), window);
  g_signal_connect_object (model, "changed", G_CALLBACK (show_all), window, 0);
  show_all (model, window);
}
