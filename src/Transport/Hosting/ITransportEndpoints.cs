using Microsoft.AspNetCore.Routing;

namespace Camshaft.Transport.Hosting;

/// <summary>A transport that is served through ASP.NET Core's routing.</summary>
public interface ITransportEndpoints
{
    /// <summary>Maps the transport's endpoints, once.</summary>
    void Map(IEndpointRouteBuilder endpoints);
}
