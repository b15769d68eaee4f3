using System.Security.Cryptography;
using System.Text;

namespace Camshaft.Backends.OnnxRuntime.Preparation;

/// <summary>What a model consists of: the model file and the files beside it that hold its weights, and a hash of it all.</summary>
/// <param name="Hash">SHA-256 over names, sizes and bytes, in hexadecimal.</param>
/// <param name="Files">The files; the model file, whose name does not count, first.</param>
internal sealed record ModelContent(string Hash, IReadOnlyList<ModelContent.Part> Files)
{
    /// <summary>Reads a model whole.</summary>
    /// <exception cref="IOException">A file is missing, or changes meanwhile.</exception>
    /// <exception cref="InvalidDataException">It is no model, or one with weights in places where they must not be.</exception>
    public static ModelContent Read(string modelPath, CancellationToken cancellationToken)
    {
        string[] names = ["", .. OnnxStructureReader.Read(modelPath).ExternalFiles.Select(Check)];
        var parts = names.Select(name => new Part(name, FileIdentity.Read(Locate(modelPath, name)))).ToList();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in parts)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{part.Name}\0{part.Identity.ByteSize}\0"));
            FileHash.Append(hash, Locate(modelPath, part.Name), cancellationToken);
        }

        var content = new ModelContent(Convert.ToHexStringLower(hash.GetHashAndReset()), parts);
        return content.IsCurrent(modelPath) ? content : throw new IOException($"'{modelPath}' changes while it is read.");
    }

    /// <summary>Whether the files are still those that were read.</summary>
    /// <exception cref="IOException">One is not there any more.</exception>
    public bool IsCurrent(string modelPath) => Files.All(part => FileIdentity.Read(Locate(modelPath, part.Name)) == part.Identity);

    private static string Locate(string modelPath, string name) => name.Length == 0 ? modelPath : Path.Combine(Path.GetDirectoryName(modelPath)!, name);

    // ONNX Runtime refuses it too, later; until then no other file is looked at on behalf of a model.
    private static string Check(string name) => name.Length == 0 || Path.IsPathRooted(name) || name.Split('/', '\\').Contains("..")
        ? throw new InvalidDataException($"The model names '{name}' as a file of weights; expected one beside it.")
        : name;

    /// <summary>One of the files.</summary>
    /// <param name="Name">Its path from the model's directory; empty = the model file.</param>
    /// <param name="Identity">The file as it was read.</param>
    internal sealed record Part(string Name, FileIdentity Identity);
}
