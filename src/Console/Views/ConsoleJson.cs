using System.Text.Json;
using System.Text.Json.Serialization;

namespace Camshaft.LiveConsole.Views;

/// <summary>How the console's answers are written: names in camel case, nothing that is null.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ErrorView))]
[JsonSerializable(typeof(SessionView))]
[JsonSerializable(typeof(OverviewView))]
[JsonSerializable(typeof(ModelView))]
[JsonSerializable(typeof(LanesView))]
internal sealed partial class ConsoleJson : JsonSerializerContext;
