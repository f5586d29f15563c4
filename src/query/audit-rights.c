/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <linux/capability.h>
#include <string.h>

#include "query/auditing.h"
#include "util/alloc.h"

/* By number; what each is worth in the host's user namespace. */
static const struct capability {
	const char *word;
	enum audit_level level;
} capabilities[] = {
	[CAP_CHOWN] = { "chown", LEVEL_NONE },
	[CAP_DAC_OVERRIDE] = { "dac_override", LEVEL_LOW },
	[CAP_DAC_READ_SEARCH] = { "dac_read_search", LEVEL_HIGH },
	[CAP_FOWNER] = { "fowner", LEVEL_NONE },
	[CAP_FSETID] = { "fsetid", LEVEL_NONE },
	[CAP_KILL] = { "kill", LEVEL_NONE },
	[CAP_SETGID] = { "setgid", LEVEL_NONE },
	[CAP_SETUID] = { "setuid", LEVEL_NONE },
	[CAP_SETPCAP] = { "setpcap", LEVEL_NONE },
	[CAP_LINUX_IMMUTABLE] = { "linux_immutable", LEVEL_LOW },
	[CAP_NET_BIND_SERVICE] = { "net_bind_service", LEVEL_NONE },
	[CAP_NET_BROADCAST] = { "net_broadcast", LEVEL_NONE },
	[CAP_NET_ADMIN] = { "net_admin", LEVEL_MEDIUM },
	[CAP_NET_RAW] = { "net_raw", LEVEL_LOW },
	[CAP_IPC_LOCK] = { "ipc_lock", LEVEL_LOW },
	[CAP_IPC_OWNER] = { "ipc_owner", LEVEL_LOW },
	[CAP_SYS_MODULE] = { "sys_module", LEVEL_CRITICAL },
	[CAP_SYS_RAWIO] = { "sys_rawio", LEVEL_CRITICAL },
	[CAP_SYS_CHROOT] = { "sys_chroot", LEVEL_NONE },
	[CAP_SYS_PTRACE] = { "sys_ptrace", LEVEL_MEDIUM },
	[CAP_SYS_PACCT] = { "sys_pacct", LEVEL_LOW },
	[CAP_SYS_ADMIN] = { "sys_admin", LEVEL_HIGH },
	[CAP_SYS_BOOT] = { "sys_boot", LEVEL_HIGH },
	[CAP_SYS_NICE] = { "sys_nice", LEVEL_LOW },
	[CAP_SYS_RESOURCE] = { "sys_resource", LEVEL_LOW },
	[CAP_SYS_TIME] = { "sys_time", LEVEL_MEDIUM },
	[CAP_SYS_TTY_CONFIG] = { "sys_tty_config", LEVEL_LOW },
	[CAP_MKNOD] = { "mknod", LEVEL_LOW },
	[CAP_LEASE] = { "lease", LEVEL_NONE },
	[CAP_AUDIT_WRITE] = { "audit_write", LEVEL_NONE },
	[CAP_AUDIT_CONTROL] = { "audit_control", LEVEL_MEDIUM },
	[CAP_SETFCAP] = { "setfcap", LEVEL_LOW },
	[CAP_MAC_OVERRIDE] = { "mac_override", LEVEL_MEDIUM },
	[CAP_MAC_ADMIN] = { "mac_admin", LEVEL_MEDIUM },
	[CAP_SYSLOG] = { "syslog", LEVEL_MEDIUM },
	[CAP_WAKE_ALARM] = { "wake_alarm", LEVEL_LOW },
	[CAP_BLOCK_SUSPEND] = { "block_suspend", LEVEL_LOW },
	[CAP_AUDIT_READ] = { "audit_read", LEVEL_MEDIUM },
	[CAP_PERFMON] = { "perfmon", LEVEL_HIGH },
	[CAP_BPF] = { "bpf", LEVEL_HIGH },
	[CAP_CHECKPOINT_RESTORE] = { "checkpoint_restore", LEVEL_MEDIUM },
};

/* Its name without CAP_; NULL: the number is all there is. */
static const char *capability_word(unsigned number)
{
	return number < ARRAY_SIZE(capabilities) ? capabilities[number].word : NULL;
}

/* One that is newer than we are may be anything. */
static enum audit_level capability_level(unsigned number)
{
	return number < ARRAY_SIZE(capabilities) ? capabilities[number].level : LEVEL_MEDIUM;
}

/* "sys_admin sys_boot", of those of this level. */
static char *list_capabilities(uint64_t caps, enum audit_level level, uint64_t *ret)
{
	char *list = NULL;
	*ret = 0;
	for (unsigned number = 0; number < 64; number++) {
		if (!(caps >> number & 1) || capability_level(number) != level)
			continue;
		const char *word = capability_word(number);
		_cleanup_(freep) char *digits = word ? NULL : xasprintf("%u", number);
		list = xappend(list, " ", word ? word : digits);
		*ret |= BIT(number);
	}
	return list;
}

/* The line of status that has them all. */
static char *capability_evidence(const struct exposure *exposure, uint64_t caps)
{
	if (!(caps & ~exposure->effective))
		return xasprintf("CapEff %016" PRIx64, exposure->effective);
	if (!(caps & ~exposure->permitted))
		return xasprintf("CapPrm %016" PRIx64, exposure->permitted);
	if (!(caps & ~exposure->bounding))
		return xasprintf("CapBnd %016" PRIx64, exposure->bounding);
	return xasprintf("CapInh %016" PRIx64, exposure->inheritable);
}

static void say_capabilities(struct auditing *auditing, uint64_t caps, enum audit_level level,
			     enum audit_level counts, const char *how)
{
	uint64_t listed;
	_cleanup_(freep) char *list = list_capabilities(caps, level, &listed);
	if (list)
		audit_say(auditing, grade_by(auditing->power.initial_user, counts, LEVEL_NONE),
			  capability_evidence(auditing->exposure, listed), "%s: %s", how, list);
}

void check_capabilities(struct auditing *auditing)
{
	const struct power *power = &auditing->power;
	if (power->initial_user == ANSWER_NO)
		return;
	if (!power->knows_caps) {
		audit_unknown(auditing, auditing->exposure->status_why,
			      "its capabilities could not be read");
		return;
	}
	for (enum audit_level level = LEVEL_CRITICAL; level > LEVEL_NONE; level--) {
		say_capabilities(auditing, power->caps, level, level, "capabilities on the host");
		say_capabilities(auditing, power->caps_later, level, level - 1,
				 "capabilities on the host, by way of a setuid program");
	}
}

/* What it gets by a setuid program only is one level less, as of all capabilities. */
void check_pid_ptrace(struct auditing *auditing)
{
	const struct power *power = &auditing->power;
	enum answer sees = answer_or(is_host_ns(auditing, NS_PID), has_host_proc(auditing));
	enum answer may = answer_and(sees, has_capability(auditing, BIT(CAP_SYS_PTRACE)));
	bool later = power->knows_caps && power->caps_later & BIT(CAP_SYS_PTRACE);
	char *evidence = power->knows_caps
			       ? capability_evidence(auditing->exposure, BIT(CAP_SYS_PTRACE))
			       : NULL;
	audit_say(auditing, grade_by(may, later ? LEVEL_HIGH : LEVEL_CRITICAL, LEVEL_NONE),
		  evidence, "may trace every process of the host, and so become it%s",
		  later ? ", by way of a setuid program" : "");
}

void check_seccomp(struct auditing *auditing)
{
	const struct exposure *exposure = auditing->exposure;
	if (exposure->status_why)
		audit_unknown(auditing, exposure->status_why, "its seccomp mode could not be read");
	else if (exposure->seccomp == 0)
		audit_say(auditing, grade(LEVEL_MEDIUM), xstrdup("Seccomp 0"),
			  "no system call is filtered");
}

void check_no_new_privs(struct auditing *auditing)
{
	const struct exposure *exposure = auditing->exposure;
	if (exposure->status_why)
		audit_unknown(auditing, exposure->status_why, "no_new_privs could not be read");
	else if (!exposure->no_new_privs)
		audit_say(auditing, grade(LEVEL_LOW), xstrdup("NoNewPrivs 0"),
			  "no_new_privs is off: setuid programs give their rights");
}

/* What is called so is watched, at most. */
static bool is_unconfined(const char *label)
{
	static const char *const parts[] = { "unconfined", ":spc_t:", ":container_runtime_t:",
					     ":initrc_t:", "(complain)" };
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (strstr(label, parts[i]))
			return true;
	return false;
}

void check_lsm(struct auditing *auditing)
{
	const struct exposure *exposure = auditing->exposure;
	if (exposure->label && is_unconfined(exposure->label))
		audit_say(auditing, grade(LEVEL_MEDIUM),
			  xasprintf("attr/current %s", exposure->label),
			  "no security module confines it");
	else if (!exposure->label && exposure->label_why)
		audit_unknown(auditing, exposure->label_why,
			      "its security label could not be read");
	else if (!exposure->label)
		audit_say(auditing, grade(LEVEL_LOW), xstrdup("attr/current none"),
			  "no security module confines it: the kernel has none");
}
