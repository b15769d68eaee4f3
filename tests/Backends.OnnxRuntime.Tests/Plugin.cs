using Camshaft.Testing;

namespace Camshaft.Backends.OnnxRuntime.Tests;

/// <summary>The plugin as a server would have it.</summary>
internal static class Plugin
{
    public const string Name = "OnnxRuntime.Cpu";

    public static TestPlugin Loaded => TestPlugin.Load(Name);

    public static ILoadedModel Load(string path, IReadOnlyDictionary<string, string>? parameters = null)
    {
        var source = new ModelSource { ModelName = "m", Version = 3, FilePath = path, Parameters = parameters ?? new Dictionary<string, string>() };
        return Loaded.Backend.Load(source, new TestDevice(), TestContext.Current.CancellationToken);
    }

    /// <summary>Loads a model that must be refused.</summary>
    public static BackendException LoadRefused(OnnxModelBuilder builder, params (string Key, string Value)[] parameters)
    {
        using var directory = new TempDirectory();
        var path = directory.Write("model.onnx", builder.Build());
        return Assert.Throws<BackendException>(() => Load(path, parameters.ToDictionary(pair => pair.Key, pair => pair.Value)));
    }
}
