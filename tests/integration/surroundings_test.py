# SPDX-License-Identifier: Apache-2.0
"""A host starts in bare and odd environments, and its files stay private in all of them."""
import os
import stat
import subprocess

from mesh_lab import BIN, LabTest, clean_environment, wait_until


def mode_of(path):
    return stat.S_IMODE(os.lstat(path).st_mode)


class Environment(LabTest):
    def start_with(self, name, **how):
        """Starts a host whose standard streams may be missing; it is asked, not listened to."""
        host = self.host(name, environment=how.pop("environment", None))
        host.process = subprocess.Popen(
            [BIN / "meshhost", *host.arguments], env=host.environment, cwd=host.directory, **how)
        wait_until("the host to answer", lambda: host.ctl("status")[0] == 0)
        return host

    def end(self, host):
        host.process.terminate()
        self.assertEqual(host.process.wait(timeout=60), 0)
        self.assertEqual(self.leftovers(), [])

    def test_standard_streams_closed(self):
        def close_all():
            os.close(0), os.close(1), os.close(2)
        self.end(self.start_with("closed", preexec_fn=close_all))

    def test_standard_input_closed(self):
        self.end(self.start_with("no-input", preexec_fn=lambda: os.close(0), stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL))

    def test_nobody_reads_its_output(self):
        reader, writer = os.pipe()
        os.close(reader)
        host = self.start_with("unread", stdout=writer, stderr=writer)
        os.close(writer)
        self.end(host)

    def test_files_are_private_under_any_umask(self):
        for mask in (0o000, 0o777):
            host = self.start_with(f"umask-{mask:o}", preexec_fn=lambda: os.umask(mask),
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            self.assertEqual(mode_of(host.socket), 0o600)
            self.assertEqual(mode_of(host.directory / "data"), 0o700)
            self.assertEqual(mode_of(host.directory / "data" / "secret.key"), 0o600)
            self.end(host)

    def test_empty_environment(self):
        self.end(self.start_with("empty", environment={"PATH": ""}, stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL))

    def test_odd_locale(self):
        self.end(self.start_with("odd", environment=clean_environment(LC_ALL="xx_YY.KOI8-R", LANG="\udcff"),
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
