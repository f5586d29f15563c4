/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/own-file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "util/alloc.h"

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010u /* Linux 6.3: whatever vm.memfd_noexec says of others */
#endif

#define SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

static int make_memfd(void)
{
	int fd = memfd_create("nsjoin", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC);
	if (fd < 0 && errno == EINVAL)
		fd = memfd_create("nsjoin", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	return fd;
}

/* The pages of our program from START to END, which a file is behind, become memory with the same
 * content at the same place. PROT is what may be done with them. */
static int detach(uintptr_t start, uintptr_t end, int prot)
{
	size_t n = end - start;
	void *copy = mmap(NULL, n, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (copy == MAP_FAILED)
		return -errno;
	/* By the kernel, as not all of it belongs to some object of the language. */
	struct iovec from = { (void *)start, n }, to = { copy, n };
	errno = EIO; /* of a copy that is too short */
	if (syscall(SYS_process_vm_readv, getpid(), &to, 1, &from, 1, 0) != (long)n ||
	    mprotect(copy, n, prot) < 0 ||
	    mremap(copy, n, n, MREMAP_MAYMOVE | MREMAP_FIXED, (void *)start) == MAP_FAILED) {
		int why = errno;
		munmap(copy, n);
		return -why;
	}
	return 0;
}

static int protection(const ElfW(Phdr) * part)
{
	return (part->p_flags & PF_R ? PROT_READ : 0) | (part->p_flags & PF_W ? PROT_WRITE : 0) |
	       (part->p_flags & PF_X ? PROT_EXEC : 0);
}

/* The first one that this is called with is the program itself. What the linker has made read-only
 * since it was loaded (RELRO) becomes so again. */
static int detach_program(struct dl_phdr_info *info, size_t size _unused_, void *result)
{
	uintptr_t page = sysconf(_SC_PAGESIZE);
	int r = 0;
	for (int i = 0; i < info->dlpi_phnum && r == 0; i++) {
		const ElfW(Phdr) *part = &info->dlpi_phdr[i];
		uintptr_t start = info->dlpi_addr + part->p_vaddr;
		uintptr_t end = start + part->p_filesz;
		if (part->p_type == PT_LOAD && part->p_filesz)
			r = detach(start & -page, (end + page - 1) & -page, protection(part));
	}
	for (int i = 0; i < info->dlpi_phnum && r == 0; i++) {
		const ElfW(Phdr) *part = &info->dlpi_phdr[i];
		uintptr_t start = info->dlpi_addr + part->p_vaddr;
		uintptr_t end = (start + part->p_memsz) & -page;
		if (part->p_type == PT_GNU_RELRO && end > (start & -page) &&
		    mprotect((void *)(start & -page), end - (start & -page), PROT_READ) < 0)
			r = -errno;
	}
	*(int *)result = r;
	return 1;
}

static uintptr_t end_of(char **strings)
{
	char *last = strings[0];
	while (*strings)
		last = *strings++;
	return (uintptr_t)last + strlen(last) + 1;
}

/* What else this sets stays as it is, or only tells others where things are: see prctl(2). */
static int set_exe(char **argv, int fd)
{
	extern char __executable_start, etext, edata;
	struct prctl_mm_map map = {
		.start_code = (uintptr_t)&__executable_start,
		.end_code = (uintptr_t)&etext,
		.start_data = (uintptr_t)&etext,
		.end_data = (uintptr_t)&edata,
		.start_brk = (uintptr_t)sbrk(0),
		.brk = (uintptr_t)sbrk(0),
		.start_stack = (uintptr_t)argv,
		.arg_start = (uintptr_t)argv[0],
		.arg_end = end_of(argv),
		.env_start = (uintptr_t)environ[0],
		.env_end = environ[0] ? end_of(environ) : (uintptr_t)environ[0],
		.exe_fd = fd,
	};
	return prctl(PR_SET_MM, PR_SET_MM_MAP, &map, sizeof(map), 0) < 0 ? -errno : 0;
}

/* The kernel wants the right first, and then that our file is mapped nowhere: EBUSY says that only
 * the latter is missing. */
static int become_nobodys(char **argv)
{
	_cleanup_(closep) int nothing = make_memfd();
	if (nothing < 0 || fcntl(nothing, F_ADD_SEALS, SEALS) < 0)
		return -errno;
	int r = set_exe(argv, nothing);
	if (r != -EBUSY)
		return r;
	dl_iterate_phdr(detach_program, &r);
	return r < 0 ? r : set_exe(argv, nothing);
}

/* What is behind the last part that is loaded is for debuggers. */
static off_t loaded_size(int file)
{
	ElfW(Ehdr) header;
	off_t size = 0;
	if (pread(file, &header, sizeof(header), 0) != sizeof(header))
		return 0;
	for (int i = 0; i < header.e_phnum; i++) {
		ElfW(Phdr) part;
		off_t at = header.e_phoff + (off_t)i * header.e_phentsize;
		if (pread(file, &part, sizeof(part), at) != sizeof(part))
			return 0;
		off_t end = part.p_offset + part.p_filesz;
		if (part.p_type == PT_LOAD && end > size)
			size = end;
	}
	return size;
}

static int copy(int from, int to)
{
	off_t left = loaded_size(from);
	if (left == 0)
		return -ENOEXEC;
	while (left > 0) {
		ssize_t n = sendfile(to, from, NULL, left);
		if (n < 0)
			return -errno;
		if (n == 0)
			return -EIO; /* it has become shorter */
		left -= n;
	}
	return fcntl(to, F_ADD_SEALS, SEALS) < 0 ? -errno : 0;
}

static int run_copy(int file, char **argv, struct error *err)
{
	_cleanup_(closep) int memory = make_memfd();
	int r = memory < 0 ? -errno : copy(file, memory);
	if (r < 0)
		return error_errno(err, -r, "cannot copy our own program into memory");
	syscall(SYS_execveat, memory, "", argv, environ, AT_EMPTY_PATH);
	return error_errno(err, errno, "cannot run our own program from memory");
}

/* A copy has it from who has copied it. */
void own_file_find(void)
{
	char path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);
	path[n > 0 ? n : 0] = 0;
	if (path[0] && strncmp(path, "/memfd:", 7) != 0)
		program_invocation_name = xstrdup(path);
}

int own_file_leave(char **argv, struct error *err)
{
	_cleanup_(closep) int file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return error_errno(err, errno, "cannot open our own program");
	/* No other file has all these seals: we are the copy. */
	if (fcntl(file, F_GET_SEALS) == SEALS || become_nobodys(argv) == 0)
		return 0;
	argv[0] = program_invocation_name;
	return run_copy(file, argv, err);
}
