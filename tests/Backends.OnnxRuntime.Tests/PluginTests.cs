using System.Runtime.InteropServices;
using Camshaft.Testing;

namespace Camshaft.Backends.OnnxRuntime.Tests;

/// <summary>The plugin's folder: what is in it, and what is said when something is not.</summary>
public sealed class PluginTests
{
    private static string Folder => Path.Combine(AppContext.BaseDirectory, "plugins", Plugin.Name);

    [Fact]
    public void Folder_has_neither_the_contract_nor_what_only_GPUs_need()
    {
        var names = Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories).Select(Path.GetFileName).ToArray();

        Assert.DoesNotContain("Camshaft.Backends.dll", names);
        Assert.DoesNotContain(names, name => name!.Contains("providers_shared", StringComparison.Ordinal));
        Assert.DoesNotContain(names, name => Path.GetExtension(name) is ".lib" or ".aar" or ".zip");
    }

    [Fact]
    public void Telemetry_of_the_native_library_is_off()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The library reads no environment there.");
        Assert.NotNull(Plugin.Loaded);
        var getEnvironment = Marshal.GetDelegateForFunctionPointer<GetEnvironment>(NativeLibrary.GetExport(NativeLibrary.GetMainProgramHandle(), "getenv"));

        Assert.Equal("1", Marshal.PtrToStringUTF8(getEnvironment("ORT_DISABLE_TELEMETRY")));
    }

    [Theory]
    [InlineData("linux-x64", "libonnxruntime.so")]
    [InlineData("linux-arm64", "libonnxruntime.so")]
    [InlineData("osx-arm64", "libonnxruntime.dylib")]
    [InlineData("win-x64", "onnxruntime.dll")]
    public void Folder_has_the_native_library_of_each_platform(string platform, string fileName)
        => Assert.True(File.Exists(Path.Combine(Folder, "runtimes", platform, "native", fileName)));

    [Fact]
    public void Missing_native_library_is_reported_with_the_places_that_were_searched()
    {
        using var directory = new TempDirectory();
        var backend = CopyWithoutNatives(directory);
        var failure = Assert.ThrowsAny<Exception>(() => backend());

        Assert.Contains("onnxruntime", failure.Message, StringComparison.Ordinal);
        Assert.Contains("is missing; looked for", failure.Message, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(directory.FullPath, "runtimes"), failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Native_library_that_is_none_is_reported_with_its_path()
    {
        using var directory = new TempDirectory();
        var backend = CopyWithoutNatives(directory);
        var path = directory.Write(NativeFileName, "no library"u8);
        var failure = Assert.ThrowsAny<Exception>(() => backend());

        Assert.Contains($"'{path}' cannot be loaded", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Plugin_works_from_another_folder_beside_itself()
    {
        using var directory = new TempDirectory();
        var backend = CopyWithoutNatives(directory);
        File.Copy(Directory.EnumerateFiles(Path.Combine(Folder, "runtimes", RuntimePlatform), NativeFileName, SearchOption.AllDirectories).Single(), Path.Combine(directory.FullPath, NativeFileName));
        var source = new ModelSource { ModelName = "m", Version = 1, FilePath = directory.Write("model.onnx", Models.Double().Build()) };
        using var model = backend().Load(source, new TestDevice(), TestContext.Current.CancellationToken);

        Assert.Single(model.Signature.Inputs);
    }

    [Fact]
    public void Load_for_a_device_of_another_kind_is_refused()
    {
        var source = new ModelSource { ModelName = "m", Version = 1, FilePath = "/m.onnx" };
        var refusal = Assert.Throws<BackendException>(() => Plugin.Loaded.Backend.Load(source, new TestDevice { Kind = DeviceKind.Cuda }, TestContext.Current.CancellationToken));

        Assert.Equal(StatusCode.Unsupported, refusal.Code);
    }

    private static string NativeFileName => OperatingSystem.IsWindows() ? "onnxruntime.dll" : OperatingSystem.IsMacOS() ? "libonnxruntime.dylib" : "libonnxruntime.so";

    private static string RuntimePlatform
        => (OperatingSystem.IsWindows() ? "win-" : OperatingSystem.IsMacOS() ? "osx-" : "linux-") + RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();

    private static Func<IBackend> CopyWithoutNatives(TempDirectory directory)
    {
        foreach (var file in Directory.EnumerateFiles(Folder))
        {
            File.Copy(file, Path.Combine(directory.FullPath, Path.GetFileName(file)));
        }

        return () => TestPlugin.LoadFrom(Path.Combine(directory.FullPath, Plugin.Name + ".dll")).Backend;
    }

    [UnmanagedFunctionPointer(CallingConvention.Cdecl, CharSet = CharSet.Ansi)]
    private delegate nint GetEnvironment(string name);
}
