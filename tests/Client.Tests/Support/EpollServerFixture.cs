using Camshaft.Server.Configuration;

namespace Camshaft.Client.Tests.Support;

/// <summary>The same with our own loops, whose Unix socket takes descriptors; where there are none, with Kestrel's.</summary>
public sealed class EpollServerFixture : ServerFixture
{
    internal override BinaryIo Io => OperatingSystem.IsLinux() ? BinaryIo.Epoll : BinaryIo.Kestrel;
}
