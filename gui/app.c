/* SPDX-License-Identifier: MIT */
/* app.c: options, keys, menus, and windows on sources. */
#include "app.h"
#include "glasspost-resources.h"
#include "i18n.h"
#include "office/control.h"
#include "look.h"
#include "panes.h"
#include "settings.h"
#include "tour.h"
#include "window-memory.h"
#include <glib-unix.h>
#include <signal.h>
#include <string.h>

struct _GpoApp
{
  GtkApplication parent_instance;
  char *scenario, *store, *trace;
  int port_base;
  gboolean temporary, follow;
  guint signals[2];
};

G_DEFINE_FINAL_TYPE (GpoApp, gpo_app, GTK_TYPE_APPLICATION)

/* --- what went wrong --- */

static void
complain (GpoApp *app, const char *what, const GError *error)
{
  GtkWindow *parent = gtk_application_get_active_window (GTK_APPLICATION (app));
  GtkWidget *dialog = gtk_message_dialog_new (parent, GTK_DIALOG_MODAL | GTK_DIALOG_USE_HEADER_BAR,
                                              GTK_MESSAGE_ERROR, GTK_BUTTONS_CLOSE, "%s", what);
  gtk_message_dialog_format_secondary_text (GTK_MESSAGE_DIALOG (dialog), "%s", error->message);
  g_printerr ("glasspost-window: %s: %s\n", what, error->message);
  gtk_window_set_application (GTK_WINDOW (dialog), GTK_APPLICATION (app));
  g_signal_connect (dialog, "response", G_CALLBACK (gtk_window_destroy), NULL);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* --- sources --- */

GpoWindow *
gpo_app_show (GpoApp *app, GpoSource *source)
{
  GpoWindow *window = gpo_window_new (GTK_APPLICATION (app), source);
  gpo_window_memory_attach (window);
  gtk_window_present (GTK_WINDOW (window));
  return window;
}

static GpoSource *
start_office (GpoApp *app, GError **error)
{
  GpoScenario *scenario = gpo_scenario_load (app->scenario, app->port_base, error);
  if (!scenario)
    return NULL;
  g_autofree char *wanted = app->temporary ? NULL
                            : app->store   ? g_strdup (app->store)
                                           : gpo_control_default_store ();
  g_autofree char *store = wanted ? g_canonicalize_filename (wanted, NULL) : NULL;
  g_autofree char *trace = g_strdup (app->trace ? app->trace : scenario->trace);
  GpoOfficeConfig config = { .scenario = scenario, .store = store, .trace = trace };
  return gpo_source_new_office (&config, error);
}

static void
gpo_app_activate (GApplication *application)
{
  GpoApp *app = GPO_APP (application);
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (app));
  g_autoptr (GError) error = NULL;
  if (window)
    {
      gtk_window_present (window);
      return;
    }
  g_autoptr (GpoSource) source = start_office (app, &error);
  if (!source)
    {
      complain (app, _ ("The post office cannot open"), error);
      return;
    }
  window = GTK_WINDOW (gpo_app_show (app, source));
  if (!gpo_settings_get_number ("tour-seen", FALSE))
    gpo_tour_show (window);
}

static void
open_file (GpoApp *app, GFile *file)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GpoSource) source = gpo_source_new_file (file, &error);
  if (source && app->follow)
    gpo_source_follow (source, file);
  if (source)
    gpo_app_show (app, source);
  else
    complain (app, _ ("The trace cannot be opened"), error);
}

static void
gpo_app_open (GApplication *application, GFile **files, int n, const char *hint)
{
  for (int i = 0; i < n; i++)
    open_file (GPO_APP (application), files[i]);
}

/* --- actions --- */

static void
on_chosen (GtkNativeDialog *dialog, int response, GpoApp *app)
{
  g_autoptr (GFile) file
      = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog)) : NULL;
  if (file)
    open_file (app, file);
  g_object_unref (dialog);
}

static void
on_open (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GtkWindow *parent = gtk_application_get_active_window (data);
  GtkFileChooserNative *dialog
      = gtk_file_chooser_native_new (_ ("Open a Trace"), parent, GTK_FILE_CHOOSER_ACTION_OPEN, NULL, NULL);
  g_signal_connect (dialog, "response", G_CALLBACK (on_chosen), data);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
on_tour (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gpo_tour_show (gtk_application_get_active_window (data));
}

static void
on_about (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gtk_show_about_dialog (
      gtk_application_get_active_window (data), "program-name", _ ("Glass Post Office"), "version",
      GPO_VERSION, "license-type", GTK_LICENSE_MIT_X11, "comments",
      _ ("Mail made visible: SMTP, IMAP and POP3 servers whose every line, decision and state you see."),
      "logo-icon-name", "org.glasspost.Glasspost", NULL);
}

static void
on_quit (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_application_quit (data);
}

static const GActionEntry actions[] = {
  { "open", on_open, NULL, NULL, NULL },
  { "tour", on_tour, NULL, NULL, NULL },
  { "about", on_about, NULL, NULL, NULL },
  { "quit", on_quit, NULL, NULL, NULL },
};

/* Keys as in players and editors; shortcuts.ui shows them to people. */
static const struct
{
  const char *action, *keys[4];
} accels[] = {
  { "app.open", { "<Control>o" } },
  { "app.quit", { "<Control>q" } },
  { "app.tour", { "<Shift>F1" } },
  { "app.zoom::in", { "<Control>plus", "<Control>equal", "<Control>KP_Add" } },
  { "app.zoom::out", { "<Control>minus", "<Control>KP_Subtract" } },
  { "app.zoom::reset", { "<Control>0", "<Control>KP_0" } },
  { "app.style::system", { "<Control><Shift>s" } },
  { "app.style::light", { "<Control><Shift>l" } },
  { "app.style::dark", { "<Control><Shift>d" } },
  { "app.style::contrast", { "<Control><Shift>h" } },
  { "app.style::contrast-dark", { "<Control><Shift>j" } },
  { "app.about", { "<Control>F1" } },
  { "window.close", { "<Control>w" } },
  { "win.show-help-overlay", { "<Control>question", "F1" } },
  { "win.filter", { "<Control>slash" } },
  { "win.compare", { "<Control><Alt>v" } },
  { "win.find", { "<Control>f" } },
  { "win.find-again::next", { "F3", "<Control>g" } },
  { "win.find-again::previous", { "<Alt>F3" } },
  { "win.error::next", { "<Alt>e" } },
  { "win.error::previous", { "<Alt><Shift>e" } },
  { "win.details", { "<Control>i" } },
  { "win.everything", { "<Alt>0" } },
  { "win.list::sessions", { "<Alt>1" } },
  { "win.list::letters", { "<Alt>2" } },
  { "win.sidebar", { "F9" } },
  { "win.card", { "<Shift>F9" } },
  { "win.present", { "F11" } },
  { "win.undo", { "<Control>z" } },
  { "win.redo", { "<Control><Shift>z", "<Control>y" } },
  { "win.note", { "<Alt>n" } },
  { "win.marker::previous", { "<Alt>bracketleft" } },
  { "win.marker::next", { "<Alt>bracketright" } },
  { "win.hold", { "F7" } },
  { "win.step", { "F8" } },
  { "win.let-go", { "<Shift>F8" } },
  { "win.edit-reply", { "F4" } },
  { "win.drop-chosen", { "<Shift>F7" } },
  { "win.breakpoints", { "<Control>b" } },
  { "win.show-held", { "<Control>h" } },
  { "win.copy", { "<Control>c" } },
  { "win.copy-picture", { "<Control><Shift>c" } },
  { "win.export::svg", { "<Control>e" } },
  { "win.export::png", { "<Control><Shift>e" } },
  { "win.export::pdf", { "<Control>p" } },
  { "win.export::txt", { "<Control>t" } },
  { "win.export::mmd", { "<Control><Shift>t" } },
  { "win.fold", { "<Control>l" } },
  { "win.lab", { "F2" } },
  { "win.lab-back", { "<Alt>Left" } },
  { "win.lab-next", { "<Alt>Right" } },
  { "win.lab-free", { "<Shift>F2" } },
  { "win.lab-hint", { "<Control>F2" } },
  { "win.lab-failure", { "<Control><Shift>F2" } },
  { "win.host-menu", { "<Control>u" } },
  { "win.host-down", { "<Control>d" } },
  { "win.fault::slow", { "<Control><Alt>s" } },
  { "win.fault::rcpt-451", { "<Control><Alt>4" } },
  { "win.fault::rcpt-550", { "<Control><Alt>5" } },
  { "win.fault::drop-data", { "<Control><Alt>d" } },
  { "win.fault::clear", { "<Control><Alt>c" } },
  { "win.clock-skip", { "<Control>k" } },
  { "win.clock-speed::0", { "<Control><Alt>0" } },
  { "win.clock-speed::1", { "<Control><Alt>1" } },
  { "win.clock-speed::60", { "<Control><Alt>6" } },
  { "win.read-check", { "F5" } },
  { "win.read-write", { "<Control>n" } },
  { "win.read-reply", { "<Control>r" } },
  { "win.read-reply-all", { "<Control><Shift>r" } },
  { "win.read-flag", { "<Control><Shift>g" } },
  { "win.read-file-menu", { "<Control><Shift>m" } },
  { "win.read-save", { "<Control>s" } },
  { "win.read-remove", { "<Control>Delete" } },
  { "win.read-new-folder", { "<Control><Shift>n" } },
  { "win.read-go::next", { "<Alt>Down" } },
  { "win.read-go::previous", { "<Alt>Up" } },
  { "win.read-search", { "<Control><Shift>f" } },
  { "win.read-person", { "<Control><Shift>p" } },
  { "win.read-way::imap", { "<Control><Alt>i" } },
  { "win.read-way::pop3", { "<Control><Alt>p" } },
  { "win.read-way::maildir", { "<Control><Alt>m" } },
  { "win.read-encrypt", { "<Control><Alt>t" } },
  { "win.letter-tab::parts", { "<Alt>p" } },
  { "win.letter-tab::bytes", { "<Alt>b" } },
  { "win.letter-tab::hops", { "<Alt>h" } },
  { "win.letter-transfer::earlier", { "<Alt>Page_Up" } },
  { "win.letter-transfer::later", { "<Alt>Page_Down" } },
  { "win.letter-form::stored", { "<Alt>t" } },
  { "win.letter-form::wire", { "<Alt>w" } },
  { "win.letter-form::both", { "<Alt>o" } },
  { "win.letter-hex", { "<Alt>x" } },
  { "win.letter-go", { "<Control>j" } },
  { "win.letter-save", { "<Alt>s" } },
  { "win.letter-all", { "<Alt>a" } },
  { "win.term-who", { "<Alt><Shift>w" } },
  { "win.term-target", { "<Alt><Shift>h" } },
  { "win.term-call", { "<Alt><Shift>c" } },
  { "win.term-auth", { "<Alt><Shift>a" } },
  { "win.term-starttls", { "<Alt><Shift>s" } },
  { "win.term-paste", { "<Alt><Shift>v" } },
  { "win.term-bare-lf", { "<Alt><Shift>l" } },
  { "win.term-stuff", { "<Alt><Shift>d" } },
  { "win.go::start", { "<Control>Home" } },
  { "win.go::end", { "<Control>End" } },
  { "win.go::back", { "<Alt>comma" } },
  { "win.go::forward", { "<Alt>period" } },
  { "win.go::back-all", { "<Alt>less" } },
  { "win.go::forward-all", { "<Alt>greater" } },
  { "win.play", { "<Control>space" } },
  { "win.speed-by::faster", { "<Alt>plus" } },
  { "win.speed-by::slower", { "<Alt>minus" } },
  { "win.speed-by::usual", { "<Alt>BackSpace" } },
};

/* --- the object --- */

static gboolean
on_signal (gpointer app)
{
  g_application_quit (app);
  return G_SOURCE_CONTINUE;
}

static void
gpo_app_startup (GApplication *application)
{
  GpoApp *app = GPO_APP (application);
  G_APPLICATION_CLASS (gpo_app_parent_class)->startup (application);
  g_resources_register (glasspost_get_resource ());
  g_autoptr (GtkCssProvider) css = gtk_css_provider_new ();
  gtk_css_provider_load_from_resource (css, "/org/glasspost/Glasspost/style.css");
  gtk_style_context_add_provider_for_display (gdk_display_get_default (), GTK_STYLE_PROVIDER (css),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  gpo_look_start (GTK_APPLICATION (app));
  gtk_window_set_default_icon_name ("org.glasspost.Glasspost");
  g_action_map_add_action_entries (G_ACTION_MAP (app), actions, G_N_ELEMENTS (actions), app);
  for (guint i = 0; i < G_N_ELEMENTS (accels); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (app), accels[i].action,
                                           (const char *const *) accels[i].keys);
  for (const GpoPane *pane = gpo_panes; pane->name; pane++)
    {
      g_autofree char *action = g_strconcat ("win.view::", pane->name, NULL);
      gtk_application_set_accels_for_action (GTK_APPLICATION (app), action,
                                             (const char *[]){ pane->key, NULL });
    }
  app->signals[0] = g_unix_signal_add (SIGINT, on_signal, app);
  app->signals[1] = g_unix_signal_add (SIGTERM, on_signal, app);
}

/* Windows let go of their source here, and the office ends with it. */
static void
gpo_app_shutdown (GApplication *application)
{
  GList *windows;
  while ((windows = gtk_application_get_windows (GTK_APPLICATION (application))))
    gtk_window_destroy (windows->data);
  for (guint i = 0; i < G_N_ELEMENTS (GPO_APP (application)->signals); i++)
    g_clear_handle_id (&GPO_APP (application)->signals[i], g_source_remove);
  G_APPLICATION_CLASS (gpo_app_parent_class)->shutdown (application);
}

static int
gpo_app_handle_local_options (GApplication *application, GVariantDict *options)
{
  GpoApp *app = GPO_APP (application);
  g_variant_dict_lookup (options, "scenario", "^ay", &app->scenario);
  g_variant_dict_lookup (options, "store", "^ay", &app->store);
  g_variant_dict_lookup (options, "trace", "^ay", &app->trace);
  g_variant_dict_lookup (options, "follow", "b", &app->follow);
  g_variant_dict_lookup (options, "temporary", "b", &app->temporary);
  if (app->port_base < -1 || app->port_base > 65535)
    g_printerr ("glasspost-window: %s\n", _ ("--port-base is a number from 0 to 65535"));
  else if (app->temporary && app->store)
    g_printerr ("glasspost-window: %s\n", _ ("--temporary and --store exclude each other"));
  else
    return -1;
  return 2;
}

static void
gpo_app_finalize (GObject *object)
{
  GpoApp *app = GPO_APP (object);
  g_free (app->scenario);
  g_free (app->store);
  g_free (app->trace);
  G_OBJECT_CLASS (gpo_app_parent_class)->finalize (object);
}

static void
gpo_app_class_init (GpoAppClass *class)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (class);
  G_OBJECT_CLASS (class)->finalize = gpo_app_finalize;
  application_class->activate = gpo_app_activate;
  application_class->open = gpo_app_open;
  application_class->startup = gpo_app_startup;
  application_class->shutdown = gpo_app_shutdown;
  application_class->handle_local_options = gpo_app_handle_local_options;
}

static void
gpo_app_init (GpoApp *app)
{
  /* GApplication drops a number that is 0, so this one is put where it belongs by itself */
  const GOptionEntry entries[] = {
    { "scenario", 's', 0, G_OPTION_ARG_FILENAME, NULL, N_ ("The world to run (default: the built-in one)"),
      "FILE" },
    { "store", 0, 0, G_OPTION_ARG_FILENAME, NULL, N_ ("Keep mailboxes and queues in this folder"), "DIR" },
    { "temporary", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Keep them in a new folder, removed in the end"),
      NULL },
    { "follow", 'f', 0, G_OPTION_ARG_NONE, NULL, N_ ("Go on as the trace grows"), NULL },
    { "port-base", 0, 0, G_OPTION_ARG_INT, &app->port_base,
      N_ ("Move all ports from 10000 to N; 0: any free ports"), "N" },
    { "trace", 't', 0, G_OPTION_ARG_FILENAME, NULL, N_ ("Record the trace in this file"), "FILE" },
    { NULL },
  };
  app->port_base = -1;
  g_application_add_main_option_entries (G_APPLICATION (app), entries);
  g_application_set_option_context_parameter_string (G_APPLICATION (app), _ ("[TRACE…]"));
  g_application_set_option_context_summary (
      G_APPLICATION (app),
      _ ("The window of the Glass Post Office. Without a trace it runs an office and shows it."));
}

/* GDK starts OpenGL to choose a visual even where nothing is drawn with it; with rendering in software that
 * costs 55 MB and a tenth of a second. To be called before GTK starts. */
static void
spare_gl (void)
{
  const char *debug = g_getenv ("GDK_DEBUG");
  if (g_strcmp0 (g_getenv ("GSK_RENDERER"), "cairo") != 0 || (debug && strstr (debug, "gl-")))
    return;
  g_autofree char *more = debug ? g_strconcat (debug, ",gl-disable", NULL) : g_strdup ("gl-disable");
  g_setenv ("GDK_DEBUG", more, TRUE);
}

GpoApp *
gpo_app_new (void)
{
  spare_gl ();
  return g_object_new (GPO_TYPE_APP, "application-id", "org.glasspost.Glasspost", "flags",
                       G_APPLICATION_HANDLES_OPEN | G_APPLICATION_NON_UNIQUE, "resource-base-path",
                       "/org/glasspost/Glasspost", NULL);
}
