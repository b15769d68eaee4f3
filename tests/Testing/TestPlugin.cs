using System.Collections.Concurrent;
using System.Reflection;
using Camshaft.Backends;
using McMaster.NETCore.Plugins;

namespace Camshaft.Testing;

/// <summary>
/// A backend plugin, loaded the way the server loads it: by folder, in a load context of its own that shares nothing but the
/// contract. Loaded and started once per test run, since native libraries do not unload.
/// </summary>
public sealed class TestPlugin
{
    private static readonly ConcurrentDictionary<string, Lazy<TestPlugin>> Loaded = new();

    private TestPlugin(string path)
    {
        Assembly = PluginLoader
            .CreateFromAssemblyFile(path, isUnloadable: false, sharedTypes: [], config => config.SharedAssemblies.Add(typeof(IBackend).Assembly.GetName()))
            .LoadDefaultAssembly();
        var type = Assembly.GetExportedTypes().Single(exported => exported.IsAssignableTo(typeof(IBackend)) && !exported.IsAbstract);
        Backend = (IBackend)Activator.CreateInstance(type)!;
        Backend.Start(new BackendContext(new Dictionary<string, string>(), Environment.ProcessorCount, Log));
    }

    /// <summary>The plugin's main assembly.</summary>
    public Assembly Assembly { get; }

    /// <summary>Its backend, started.</summary>
    public IBackend Backend { get; }

    /// <summary>What the backend has logged.</summary>
    public TestLog Log { get; } = new();

    /// <summary>Loads a plugin from <c>plugins/&lt;name&gt;/&lt;name&gt;.dll</c> beside the tests; <c>Plugins.targets</c> puts it there.</summary>
    public static TestPlugin Load(string name) => LoadFrom(Path.Combine(AppContext.BaseDirectory, "plugins", name, name + ".dll"));

    /// <summary>Loads a plugin from anywhere.</summary>
    /// <param name="path">The absolute path of its main assembly.</param>
    public static TestPlugin LoadFrom(string path) => Loaded.GetOrAdd(path, static path => new Lazy<TestPlugin>(() => new TestPlugin(path))).Value;
}
