using System.Reflection;
using Camshaft.Backends;
using McMaster.NETCore.Plugins;

namespace Camshaft.Engine.Plugins;

/// <summary>Loads one plugin into a load context of its own and makes its backend.</summary>
internal static class PluginLoad
{
    /// <summary>Makes the backend of a plugin, not started yet.</summary>
    /// <exception cref="PluginException">The plugin cannot be used.</exception>
    public static IBackend CreateBackend(string path)
    {
        // Not collectible: native libraries do not leave with their context, and collectible code is slower. Only the
        // contract is shared, also when the plugin brings its own copy of it.
        var loader = PluginLoader.CreateFromAssemblyFile(path, isUnloadable: false, sharedTypes: [typeof(IBackend)], config => config.PreferSharedTypes = false);
        try
        {
            var type = FindBackend(loader.LoadDefaultAssembly(), path);
            return (IBackend)Activator.CreateInstance(type)!;
        }
        catch (TargetInvocationException exception)
        {
            throw new PluginException($"The constructor of its backend failed: {exception.InnerException!.Message}", exception.InnerException);
        }
        catch (MissingMethodException exception)
        {
            throw new PluginException("Its backend has no public constructor without parameters.", exception);
        }
        catch (Exception exception) when (exception is FileLoadException or FileNotFoundException or BadImageFormatException or TypeLoadException or ReflectionTypeLoadException)
        {
            throw new PluginException($"It cannot be loaded: {exception.Message}", exception);
        }
    }

    private static Type FindBackend(Assembly assembly, string path)
    {
        var types = assembly.GetExportedTypes().Where(static type => type is { IsClass: true, IsAbstract: false } && typeof(IBackend).IsAssignableFrom(type)).ToList();
        return types.Count == 1
            ? types[0]
            : throw new PluginException($"'{path}' has {types.Count} public classes that implement IBackend; expected one.");
    }
}
