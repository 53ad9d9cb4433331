/* SPDX-License-Identifier: MIT */
/* graph-svg.c: Graphviz source to SVG by libgvc, where the program was built with it. */
#include "command/command.h"
#include <gio/gio.h>

#ifdef GPO_HAVE_GRAPHVIZ
#include <graphviz/gvc.h>

static char *
render (GVC_t *gvc, const char *dot)
{
  char *bytes = NULL, *svg = NULL;
  unsigned int n = 0;
  graph_t *graph = agmemread (dot);
  if (!graph)
    return NULL;
  if (gvLayout (gvc, graph, "dot") == 0)
    {
      if (gvRenderData (gvc, graph, "svg", &bytes, &n) == 0 && bytes)
        svg = g_strndup (bytes, n);
      gvFreeRenderData (bytes);
      gvFreeLayout (gvc, graph);
    }
  agclose (graph);
  return svg;
}

char *
gpo_graph_to_svg (const char *dot, GError **error)
{
  GVC_t *gvc = gvContext ();
  char *svg = render (gvc, dot);
  gvFreeContext (gvc);
  if (!svg)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                         "Graphviz could not lay out the diagram (is its plugin list there? run: dot -c)");
  return svg;
}
#else
char *
gpo_graph_to_svg (const char *dot, GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                       "this glasspost was built without Graphviz, which lays out the diagrams; install "
                       "libgraphviz-dev (Debian), graphviz-devel (Fedora) or graphviz (Arch) and build "
                       "again, or take --as dot");
  return NULL;
}
#endif
