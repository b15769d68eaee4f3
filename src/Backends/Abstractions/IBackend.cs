namespace Camshaft.Backends;

/// <summary>
/// Runs models of some format. A plugin assembly has one public class that implements this, with a public constructor
/// without parameters. One object serves every model of the backend; calls come from any thread.
/// </summary>
public interface IBackend : IDisposable
{
    /// <summary>The name by which a model's configuration asks for this backend, for example <c>onnxruntime</c>.</summary>
    string Name { get; }

    /// <summary>The name of the format in model metadata, Triton's where it has one, for example <c>onnxruntime_onnx</c>.</summary>
    string Platform { get; }

    /// <summary>File names that this backend claims inside a version directory, the preferred one first, for example <c>model.onnx</c>.</summary>
    IReadOnlyList<string> ModelFileNames { get; }

    /// <summary>The kinds of device that this backend runs on.</summary>
    IReadOnlyList<DeviceKind> DeviceKinds { get; }

    /// <summary>The section of the server's configuration with this backend's options: its name, unless several backends share one.</summary>
    string OptionsName => Name;

    /// <summary>Whether it runs only models whose configuration names it, though other backends claim the same files.</summary>
    bool RunsOnlyWhenNamed => false;

    /// <summary>Called once before any other method. Load native libraries here, so that a missing one is reported with the plugin.</summary>
    /// <exception cref="BackendException">
    /// With <see cref="StatusCode.Unavailable"/>: the machine lacks what the backend is for, and nobody said that it should have it. The
    /// plugin is listed as unavailable with the message as its reason, which is no failure.
    /// </exception>
    /// <exception cref="Exception">The backend cannot work here; the message becomes the plugin's failure reason.</exception>
    void Start(BackendContext context);

    /// <summary>
    /// Reads a model's signature without loading it. Called where the server has no device for the model, so that what is wrong with the
    /// model is found all the same.
    /// </summary>
    /// <returns>Null when this backend knows a signature only after <see cref="Load"/>.</returns>
    /// <exception cref="BackendException">The file is no model that this backend can run.</exception>
    ModelSignature? Inspect(ModelSource source);

    /// <summary>Loads one version of a model; takes as long as it needs, on a thread of the engine's.</summary>
    /// <param name="source">What to load.</param>
    /// <param name="device">Where the model is to run.</param>
    /// <param name="cancellationToken">Set when the load is given up; ending early is optional.</param>
    /// <returns>The model; the caller owns and disposes it.</returns>
    /// <exception cref="BackendException">The model cannot be loaded; the message says why and names the file.</exception>
    ILoadedModel Load(ModelSource source, IDevice device, CancellationToken cancellationToken);
}
