using Camshaft.Backends.OnnxRuntime.Gpu;
using Camshaft.Testing;

namespace Camshaft.Backends.OnnxRuntime.Tests.Gpu;

/// <summary>Real libraries, some of them with a name inside changed.</summary>
public sealed class NativeDependenciesTests : IDisposable
{
    private const string Library = "libonnxruntime_providers_shared.so";

    private readonly TempDirectory _directory = new();
    private readonly byte[] _library = OperatingSystem.IsLinux() ? File.ReadAllBytes(Path.Combine(HostGpuBackend.NativeDirectory, Library)) : [];

    public NativeDependenciesTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "Only there do libraries say what they need.");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void What_a_library_needs_is_read_from_it() =>
        Assert.Equal(["libc.so.6", "libgcc_s.so.1", "libm.so.6", "libstdc++.so.6"], SharedObject.ReadNeeded(_directory.Write(Library, _library)).Order(StringComparer.Ordinal));

    [Fact]
    public void A_library_that_is_cut_off_anywhere_in_its_head_is_refused()
    {
        for (var length = 0; length < 256; length++)
        {
            var path = _directory.Write(Library, _library.AsSpan(0, length));
            Assert.Throws<InvalidDataException>(() => SharedObject.ReadNeeded(path));
        }
    }

    [Fact]
    public void Everything_that_is_missing_is_named()
    {
        _directory.Write(Library, Renamed(Renamed(_library, "libm.so.6", "libq.so.6"), "libgcc_s.so.1", "libgcc_q.so.1"));
        var dependencies = new NativeDependencies(_directory.FullPath);
        dependencies.LoadNeededBy(Library);

        Assert.Equal(["libgcc_q.so.1", "libq.so.6"], dependencies.Missing.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_lies_in_the_directory_is_loaded_from_there_with_what_it_needs_itself()
    {
        _directory.Write(Library, Renamed(_library, "libm.so.6", "libq.so.6"));
        var needed = _directory.Write("libq.so.6", Renamed(_library, "libm.so.6", "libr.so.6"));
        var dependencies = new NativeDependencies(_directory.FullPath);
        dependencies.LoadNeededBy(Library);

        // The one in the directory cannot be loaded for want of the other: both are named.
        Assert.Equal(["libq.so.6", "libr.so.6"], dependencies.Missing.Order(StringComparer.Ordinal));
        File.WriteAllBytes(needed, _library);
        dependencies = new NativeDependencies(_directory.FullPath);
        dependencies.LoadNeededBy(Library);
        Assert.Empty(dependencies.Missing);
        Assert.Contains(needed, File.ReadAllText("/proc/self/maps"), StringComparison.Ordinal);
        Assert.NotEqual(0, dependencies.FindFunction("libq.so", "Provider_GetHost"));
        Assert.Equal(0, dependencies.FindFunction("libq.so", "nothing"));
    }

    private static byte[] Renamed(byte[] library, string from, string to)
    {
        var changed = library.ToArray();
        var position = changed.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(from));
        System.Text.Encoding.ASCII.GetBytes(to).CopyTo(changed, position);
        return changed;
    }
}
