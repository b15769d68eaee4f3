using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Camshaft.Backends;

namespace Camshaft.Engine.Plugins;

/// <summary>
/// What a plugin's assembly says of itself, read from its metadata: nothing of it is loaded or run, so that one built
/// against another contract is refused by name and cannot fail in the middle of a call.
/// </summary>
/// <param name="AssemblyVersion">The assembly's version.</param>
/// <param name="ContractMinor">The minor version of the contract that it was built against.</param>
internal sealed record PluginManifest(Version AssemblyVersion, int ContractMinor)
{
    private static readonly string ContractAssembly = typeof(IBackend).Assembly.GetName().Name!;

    /// <summary>Reads an assembly's manifest and checks it against this host's contract.</summary>
    /// <exception cref="PluginException">It is no assembly, no plugin, or one for another contract.</exception>
    public static PluginManifest Read(string path)
    {
        try
        {
            using var file = new PEReader(File.OpenRead(path));
            if (!file.HasMetadata)
            {
                throw new PluginException($"'{path}' is not a .NET assembly.");
            }

            var metadata = file.GetMetadataReader();
            var manifest = new PluginManifest(metadata.GetAssemblyDefinition().Version, ReadContractMinor(metadata, path));
            CheckContract(metadata, manifest, path);
            return manifest;
        }
        catch (BadImageFormatException exception)
        {
            throw new PluginException($"'{path}' is not a .NET assembly: {exception.Message}", exception);
        }
    }

    private static void CheckContract(MetadataReader metadata, PluginManifest manifest, string path)
    {
        var contract = metadata.AssemblyReferences.Select(metadata.GetAssemblyReference)
            .FirstOrDefault(reference => metadata.GetString(reference.Name) == ContractAssembly);
        if (contract.Version is not { } built || built.Major != ContractVersion.Major || manifest.ContractMinor > ContractVersion.Minor)
        {
            throw new PluginException(
                $"'{path}' was built against version {contract.Version?.Major}.{manifest.ContractMinor} of the backend contract; this server has {ContractVersion.Major}.{ContractVersion.Minor}.");
        }
    }

    private static int ReadContractMinor(MetadataReader metadata, string path)
    {
        foreach (var handle in metadata.GetAssemblyDefinition().GetCustomAttributes())
        {
            var attribute = metadata.GetCustomAttribute(handle);
            if (attribute.Constructor.Kind != HandleKind.MemberReference)
            {
                continue;
            }

            var constructor = metadata.GetMemberReference((MemberReferenceHandle)attribute.Constructor);
            if (constructor.Parent.Kind == HandleKind.TypeReference
                && metadata.GetString(metadata.GetTypeReference((TypeReferenceHandle)constructor.Parent).Name) == nameof(CamshaftPluginAttribute))
            {
                // ECMA-335 II.23.3: a prolog of 1 in two bytes, then the constructor's arguments.
                var value = metadata.GetBlobReader(attribute.Value);
                return value.ReadUInt16() == 1 ? value.ReadInt32() : throw new BadImageFormatException("The plugin attribute's value is malformed.");
            }
        }

        throw new PluginException($"'{path}' is not marked as a plugin: it has no [assembly: CamshaftPlugin(ContractVersion.Minor)].");
    }
}
