# The formula for Homebrew, until releases have a home: make dist, then
#   HOMEBREW_PONGD_ARCHIVE=$PWD/pongd-0.1.0.tar.gz brew install --build-from-source packaging/homebrew/pongd.rb
class Pongd < Formula
  desc "Answers ping from user space"
  homepage "https://pongd.invalid/"
  url "file://#{ENV.fetch("HOMEBREW_PONGD_ARCHIVE", "/pongd-0.1.0.tar.gz")}"
  version "0.1.0"
  license "ISC"

  depends_on "pkgconf" => :build
  depends_on "zstd"

  uses_from_macos "libpcap"
  uses_from_macos "zlib"

  on_linux do
    depends_on "libcap-ng"
    depends_on "libseccomp"
  end

  def install
    system "./configure", *std_configure_args,
           "--mandir=#{man}",
           "--sysconfdir=#{etc}",
           "--runstatedir=#{var}/run",
           "--with-bash-completion-dir=#{bash_completion}",
           "--with-zsh-completion-dir=#{zsh_completion}",
           "--with-fish-completion-dir=#{fish_completion}",
           "--with-zlib", "--with-zstd",
           "--without-systemd-unit-dir"
    system "make", "install"
  end

  # What launchd starts, and only when told to: sudo brew services start pongd
  service do
    run [opt_sbin/"pongd", "-i", "en0", "--control", var/"run/pongd.sock"]
    require_root true
    keep_alive crashed: true
    log_path var/"log/pongd.log"
    error_log_path var/"log/pongd.log"
  end

  def caveats
    <<~EOS
      The service answers on en0. To answer elsewhere, or with other options,
      run pongd itself, as root: pongd(8) has them.
    EOS
  end

  # A capture with one request, of RFC 5737's addresses.
  test do
    header = "d4c3b2a1020004000000000000000000ffff000001000000"
    record = "0000000000000000" "2a0000002a000000"
    frame = "020000000002" "020000000001" "0800" \
            "4500001c000140004001b6dcc0000201c0000202" "0800f7fd00010001"
    (testpath/"ping.pcap").binwrite [header + record + frame].pack("H*")
    output = shell_output("#{sbin}/pongd -r #{testpath}/ping.pcap 2>&1")
    assert_match "1 requests, 1 answered, 0 not", output
    assert_match version.to_s, shell_output("#{sbin}/pongd -V")
  end
end
