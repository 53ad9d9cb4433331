/* SPDX-License-Identifier: MIT */
/* tsan-glib.c: tells ThreadSanitizer what GLib's locks mean; linked into tests with -Db_sanitize=thread.
 *
 * Debian's GLib is not built for TSan and its locks are futexes of its own, so TSan sees every field
 * they guard as a race. These stand in front of GLib's functions: a lock acquires what the last unlock
 * released. Threads are pthreads and atomics are compiler built-ins; those TSan knows by itself. */
#include <dlfcn.h>
#include <glib.h>

void __tsan_acquire (void *address);
void __tsan_release (void *address);

/* Threads may look a function up at the same time; they find the same. */
#define REAL(name)                                                                                                \
  static gpointer found;                                                                                          \
  gpointer known = __atomic_load_n (&found, __ATOMIC_RELAXED);                                                    \
  if (known == NULL)                                                                                              \
    __atomic_store_n (&found, known = dlsym (RTLD_NEXT, #name), __ATOMIC_RELAXED);                                \
  __typeof__ (&name) real = (__typeof__ (&name)) known

#undef g_mutex_lock
#undef g_mutex_unlock

void
g_mutex_lock (GMutex *mutex)
{
  REAL (g_mutex_lock);
  real (mutex);
  __tsan_acquire (mutex);
}

void
g_mutex_unlock (GMutex *mutex)
{
  REAL (g_mutex_unlock);
  __tsan_release (mutex);
  real (mutex);
}

void
g_cond_wait (GCond *cond, GMutex *mutex)
{
  REAL (g_cond_wait);
  __tsan_release (mutex);
  real (cond, mutex);
  __tsan_acquire (mutex);
}

gboolean
g_cond_wait_until (GCond *cond, GMutex *mutex, gint64 end_time)
{
  REAL (g_cond_wait_until);
  __tsan_release (mutex);
  gboolean signalled = real (cond, mutex, end_time);
  __tsan_acquire (mutex);
  return signalled;
}
